import type { BrokerSettings } from '../../src/brokers/settings.js'
import { runToEnd } from '../servers/child.js'
import { startMosquitto } from '../servers/mosquitto.js'
import { mosquittoPub, mosquittoSub } from '../servers/mosquitto-clients.js'
import { startNats } from '../servers/nats.js'
import { natsClient as connectNats } from '../servers/nats-client.js'
import type { Program } from '../servers/program.js'
import { startRedis } from '../servers/redis.js'
import { redisCli, redisSubscriber } from '../servers/redis-cli.js'

/** A client of the broker, with the broker's own tools, that is independent of Wildcast. */
export interface ForeignClient {
  publish(subject: string, payload: string): Promise<void>
  /** Subscribes to one request. Then `answer` waits for it, answers, and returns its payload. */
  serve(subject: string): Promise<{ answer(payload: string): Promise<string> }>
  /** Subscribes to one message of a pattern. */
  listen(pattern: string): Promise<{ next(): Promise<{ readonly subject: string; readonly payload: string }> }>
  /** Requests a served subject. Returns the answer. */
  request(subject: string, payload: string): Promise<string>
}

/** A kind of broker, with a real server of it. */
export interface Kind {
  start(): Promise<Program>
  /** The settings of a relay for the broker at a port. */
  settings(port: number, pingIntervalMs: number): BrokerSettings
  /** The value of `--broker` of `wildcast gateway`. */
  query(port: number): string
  foreignClient(port: number): ForeignClient
}

const five = ['-V', 'mqttv5']

export const kinds: Readonly<Record<'redis' | 'nats' | 'mqtt', Kind>> = {
  redis: {
    start: startRedis,
    settings: (port, pingIntervalMs) => ({ type: 'redis', url: `redis://127.0.0.1:${port}`, pingIntervalMs }),
    query: (port) => `Redis=redis://127.0.0.1:${port}`,
    foreignClient: (port) => redisClient(`redis://127.0.0.1:${port}`),
  },
  nats: {
    start: startNats,
    settings: (port, pingIntervalMs) => ({ type: 'nats', addresses: [`127.0.0.1:${port}`], pingIntervalMs }),
    query: (port) => `Nats[addresses][0]=127.0.0.1:${port}`,
    foreignClient: natsClient,
  },
  mqtt: {
    start: startMosquitto,
    settings: (port, keepAliveMs) => ({ type: 'mqtt', address: `mqtt://127.0.0.1:${port}`, keepAliveMs }),
    query: (port) => `Mqtt[address]=mqtt://127.0.0.1:${port}`,
    foreignClient: mqttClient,
  },
}

/** With redis-cli; requests by the original's scheme. */
function redisClient(url: string): ForeignClient {
  const publish = async (channel: string, payload: string): Promise<void> => {
    await redisCli(url, ['PUBLISH', channel, payload])
  }
  const listen: ForeignClient['listen'] = async (pattern) => {
    const subscriber = await redisSubscriber(url, pattern, { command: 'PSUBSCRIBE' })
    return {
      async next() {
        const { channel, payload } = await subscriber.next()
        await subscriber.stop()
        return { subject: channel, payload: payload.toString() }
      },
    }
  }
  return {
    publish,
    listen,
    async serve(subject) {
      const requests = await listen(`request.*.${subject}`)
      return {
        async answer(payload) {
          const request = await requests.next()
          await publish(request.subject.replace(/^request/, 'response'), payload)
          return request.payload
        },
      }
    },
    async request(subject, payload) {
      const answers = await listen(`response.mine.${subject}`)
      await publish(`request.mine.${subject}`, payload)
      return (await answers.next()).payload
    },
  }
}

/** With the official client; requests are native. */
function natsClient(port: number): ForeignClient {
  const connect = () => connectNats({ url: `nats://127.0.0.1:${port}` })
  const first = async (subject: string) => {
    const client = await connect()
    const subscription = client.subscribe(subject, { max: 1 })
    await client.flush()
    return {
      client,
      async next() {
        for await (const message of subscription) return message
        throw new Error('the connection has ended')
      },
    }
  }
  return {
    async publish(subject, payload) {
      const client = await connect()
      client.publish(subject, payload)
      await client.drain()
    },
    async listen(pattern) {
      const { client, next } = await first(pattern)
      return {
        async next() {
          const message = await next()
          await client.close()
          return { subject: message.subject, payload: message.string() }
        },
      }
    },
    async serve(subject) {
      const { client, next } = await first(subject)
      return {
        async answer(payload) {
          const request = await next()
          request.respond(payload)
          await client.drain()
          return request.string()
        },
      }
    },
    async request(subject, payload) {
      const client = await connect()
      const answer = await client.request(subject, payload, { timeout: 60_000 })
      await client.close()
      return answer.string()
    },
  }
}

/** With the tools of mosquitto; requests are those of MQTT 5. */
function mqttClient(port: number): ForeignClient {
  const first = async (subject: string) => {
    const subscriber = await mosquittoSub(port, [topicOf(subject)], five)
    return async () => {
      const packet = await subscriber.next()
      await subscriber.stop()
      return packet
    }
  }
  return {
    publish: (subject, payload) => mosquittoPub(port, topicOf(subject), payload),
    async listen(pattern) {
      const next = await first(pattern)
      return {
        async next() {
          const { topic, payload } = await next()
          return { subject: topic.replaceAll('/', '.'), payload: payload.toString() }
        },
      }
    },
    async serve(subject) {
      const next = await first(subject)
      return {
        async answer(payload) {
          const { payload: requested, properties = {} } = await next()
          const { 'response-topic': topic, 'correlation-data': correlation } = properties
          const flags = correlation === undefined ? [] : ['-D', 'publish', 'correlation-data', `${correlation}`]
          await mosquittoPub(port, `${topic}`, payload, [...five, ...flags])
          return requested.toString()
        },
      }
    },
    async request(subject, payload) {
      const words = ['-h', '127.0.0.1', '-p', `${port}`, ...five, '-W', '60', '-e', 'my/answers']
      const answer = await runToEnd('mosquitto_rr', [...words, '-t', topicOf(subject), '-m', payload])
      return answer.toString().trim()
    },
  }
}

const topicOf = (pattern: string): string => pattern.replaceAll('.', '/').replaceAll('*', '+')
