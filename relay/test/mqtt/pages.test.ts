import { values } from '@wildcast/client/values'
import { describe, expect, it, onTestFinished } from 'vitest'
import { memory, nats, newId, realClock, redis } from '../../src/index.js'
import { mosquittoPub, mosquittoSub } from '../servers/mosquitto-clients.js'
import { startNats } from '../servers/nats.js'
import { startRedis } from '../servers/redis.js'
import { listening, mqttRelay } from './mqtt-relay.js'
import { connected, facts } from './raw-mqtt.js'

const ports = { clock: realClock, newId }
const kinds = {
  memory: async () => memory(ports),
  NATS: async () => nats({ addresses: [(await startNats({ jetstream: true })).url] }, ports),
}

describe.each(Object.keys(kinds) as (keyof typeof kinds)[])('over %s, a device and a page', (kind) => {
  const start = async () => mqttRelay({ brokers: { main: await kinds[kind]() } })

  it('share state: the page shows the retained message, then the will', async () => {
    const { port, connect } = await start()
    const page = connect()
    onTestFinished(() => page.close())
    const will = { topic: 'lamps/7', payload: Buffer.from('off'), qos: 1, retain: true }
    const device = await connected(port, { will })
    device.send({ cmd: 'publish', topic: 'lamps/7', payload: 'on', qos: 1, messageId: 1, retain: true })
    await device.next()
    const store = values(page)
    await expect.poll(async () => (await store.get('lamps.7'))?.data).toBe('on')
    device.socket.destroy()
    await expect.poll(async () => (await store.get('lamps.7'))?.data).toBe('off')
  })

  it('exchange messages with mosquitto_pub and mosquitto_sub', async () => {
    const { port, connect } = await start()
    const page = connect()
    onTestFinished(() => page.close())
    const got: string[] = []
    await listening(page, 'room.*.temperature', ({ subject, data }) => void got.push(`${subject} ${data}`))
    await mosquittoPub(port, 'room/7/temperature', '21', ['-q', '2'])
    await expect.poll(() => got).toEqual(['room.7.temperature 21'])
    const device = await mosquittoSub(port, ['room/+/set'], ['-q', '1'])
    await page.publish('room.7.set', '19')
    const { topic, payload } = await device.next()
    expect(`${topic} ${payload}`).toBe('room/7/set 19')
  })

  it('answer each other', async () => {
    const { port, connect } = await start()
    const page = connect()
    onTestFinished(() => page.close())
    await new Promise<void>((resolve) => {
      page.serve('sum', ({ data }) => (data as number[]).reduce((a, b) => a + b, 0), {
        onStatus: (is) => is === 'ready' && resolve(),
      })
    })
    const device = await connected(port, { level: 5 })
    device.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [
        { topic: 'answers/7', qos: 0 },
        { topic: 'ask', qos: 0 },
      ],
    })
    await device.next()
    const properties = { responseTopic: 'answers/7', correlationData: Buffer.from('no 1') }
    device.send({ cmd: 'publish', topic: 'sum', payload: '[1,2]', qos: 0, properties })
    expect(facts(await device.next())).toMatchObject({
      topic: 'answers/7',
      payload: '3',
      properties: { correlationData: Buffer.from('no 1') },
    })
    const answer = page.request('ask', 'how warm?')
    const { properties: asked, payload } = await device.next()
    expect(String(payload)).toBe('how warm?')
    const { responseTopic, correlationData } = asked as { responseTopic: string; correlationData?: Buffer }
    device.send({
      cmd: 'publish',
      topic: responseTopic,
      payload: '21',
      qos: 0,
      ...(correlationData && { properties: { correlationData } }),
    })
    expect((await answer).data).toBe(21)
  })
})

it('QoS 1 from a device reaches one member of a group of pages over Redis', async () => {
  const { port, connect } = await mqttRelay({ brokers: { main: redis({ url: (await startRedis()).url }, ports) } })
  const got: string[] = []
  for (const name of ['a', 'b']) {
    const page = connect()
    onTestFinished(() => page.close())
    await listening(page, 'jobs', ({ data }) => void got.push(`${name} ${data}`), { group: 'workers' })
  }
  const device = await connected(port, { level: 5 })
  for (const n of [1, 2, 3, 4]) {
    device.send({ cmd: 'publish', topic: 'jobs', payload: `${n}`, qos: 1, messageId: n })
    expect(facts(await device.next())).toEqual({ cmd: 'puback', messageId: n })
  }
  await expect.poll(() => got.map((one) => one.slice(2)).sort()).toEqual(['1', '2', '3', '4'])
})
