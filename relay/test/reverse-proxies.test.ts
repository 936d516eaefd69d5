import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import {
  health,
  historyEndpoint,
  http,
  type RelayServerOptions,
  serverSentEvents,
  streamEndpoint,
  websocket,
} from '../src/index.js'
import { eventSource } from './event-source.js'
import { keepingBroker } from './keeping-broker.js'
import { endsWithTest } from './servers/ends-with-test.js'
import { startCaddy, startNginx } from './servers/reverse-proxies.js'
import { startRelay } from './start-relay.js'
import { trustEverything, trustingClient } from './trusting-client.js'

const gateways = [http, health, serverSentEvents, historyEndpoint(), streamEndpoint, websocket({ mode: 'json' })]

describe.each([
  ['nginx', startNginx],
  ['Caddy', startCaddy],
] as const)('behind %s, with the configuration in deploy/', (_, startProxy) => {
  /** A relay behind the proxy, under its path prefix. */
  async function behind(options: Partial<RelayServerOptions> = {}) {
    trustEverything()
    const { port } = await startRelay({ gateways, trustedProxies: ['127.0.0.0/8'], ...options })
    const proxy = endsWithTest(await startProxy([port, port]))
    return { host: `localhost:${proxy.port}/realtime` }
  }

  it('a client works over a WebSocket', async () => {
    const { host } = await behind()
    const client = trustingClient(`wss://${host}/ws`)
    const subscription = client.subscribe('a.*')
    await subscription.ready
    expect(client.status).toMatchObject({ transport: 'websocket' })
    await client.publish('a.b', 1)
    for await (const { data } of subscription) {
      expect(data).toBe(1)
      break
    }
  })

  it('a client works over HTTP, and Server-Sent Events arrive at once', async () => {
    const { host } = await behind()
    class Refused extends WebSocket {
      constructor(_url: string, protocols: string[]) {
        super('ws://127.0.0.1:1', protocols)
      }
    }
    const client = trustingClient(`wss://${host}/ws`, Refused)
    const subscription = client.subscribe('a.*')
    await subscription.ready
    expect(client.status).not.toMatchObject({ transport: 'websocket' })
    const source = await eventSource(`https://${host}/subscribe/a.*`)
    await fetch(`https://${host}/publish/a.b`, { method: 'POST', body: 'hi' })
    expect(await source.next()).toMatchObject({ data: { message: 'hi' } })
    for await (const message of subscription) {
      expect(message.text()).toBe('hi')
      break
    }
  })
  it('the live events of a history arrive at once', async () => {
    const { host } = await behind({ brokers: { test: keepingBroker([{ subjects: 'room.*', messages: 10 }]) } })
    const publish = async (body: string) => {
      const answer = await fetch(`https://${host}/publish/room.1`, { method: 'POST', body })
      expect(answer.status).toBe(202)
    }
    await publish('{"n":1}')
    const source = await eventSource(`https://${host}/history/room.1?live=sse&offset=-1`)
    expect(source.response.status).toBe(200)
    await publish('{"n":2}')
    const numbers: unknown[] = []
    while (numbers.length < 2) {
      const { event, data } = await source.next()
      if (event === 'data') numbers.push(...Object.values(data))
    }
    expect(numbers).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('the relay notices that a client has left its event stream', async () => {
    const { host } = await behind({ limits: { connections: 1 } })
    const url = `https://${host}/subscribe/a`
    const first = await eventSource(url)
    expect(first.response.status).toBe(200)
    expect((await eventSource(url)).response.status).not.toBe(200)
    first.leave()
    await expect.poll(async () => (await eventSource(url)).response.status).toBe(200)
  })
})
