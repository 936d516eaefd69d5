import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { listening, mqttRelay } from './mqtt-relay.js'
import { connected, connectPacket, facts, type Level, rawMqtt } from './raw-mqtt.js'

const levels: readonly Level[] = [4, 5]
const subscribe = (topic: string, qos = 0, rest: object = {}): object => ({
  cmd: 'subscribe',
  messageId: 7,
  subscriptions: [{ topic, qos, ...rest }],
})
const publish = (topic: string, payload: string, rest: object = {}): object => ({
  cmd: 'publish',
  topic,
  payload,
  qos: 0,
  ...rest,
})

describe.each(levels)('an MQTT client of level %d', (level) => {
  it('gets a PUBACK for QoS 1 (FX-MQ-1) and no packet for QoS 0 (FX-MQ-2)', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { level })
    one.send(publish('topic1', 'x', { qos: 1, messageId: 9191 }))
    expect(facts(await one.next())).toEqual({ cmd: 'puback', messageId: 9191 })
    one.send(publish('topic1', 'x'))
    expect(await one.all()).toEqual([])
  })

  it('gets a retained message after SUBACK, and later ones without the flag (FX-MQ-3, FX-MQ-12)', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { level })
    for (const text of ['1', '2']) one.send(publish('topic1', text, { retain: true, qos: 1, messageId: 1 }))
    await one.all()
    const two = await connected(port, { level })
    for (const topic of ['topic1', '+']) {
      two.send(subscribe(topic))
      expect(facts(await two.next())).toMatchObject({ cmd: 'suback' })
      expect(facts(await two.next())).toEqual({ topic: 'topic1', payload: '2', qos: 0, retain: true })
    }
    two.send({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: ['+'] })
    await two.next()
    one.send(publish('topic1', '3', { retain: true }))
    expect(facts(await two.next())).toEqual({ topic: 'topic1', payload: '3', qos: 0 })
  })

  it('gets each retained message of a wildcard (FX-MQ-4), none after it was deleted', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { level })
    for (const n of [1, 2, 3]) one.send(publish(`topic1/item${n}`, `${n}`, { retain: true, qos: 1, messageId: n }))
    one.send(publish('topic1/item2', '', { retain: true, qos: 1, messageId: 4 }))
    await one.all()
    one.send(subscribe('topic1/#'))
    await one.next()
    await expect.poll(() => one.got.length).toBe(2)
    expect(one.got.map((packet) => packet.topic)).toEqual(['topic1/item1', 'topic1/item3'])
  })

  it('gets one copy of a message that two of its filters match, with the higher QoS (FX-MQ-5)', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { level })
    one.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [
        { topic: 'a/+/c', qos: 0 },
        { topic: 'a/#', qos: 1 },
      ],
    })
    await one.next()
    one.send(publish('a/b/c', 'x', { qos: 2, messageId: 1 }))
    one.send({ cmd: 'pubrel', messageId: 1 })
    const packets = (await one.all()).filter(({ cmd }) => cmd === 'publish')
    expect(packets.map(facts)).toEqual([{ topic: 'a/b/c', payload: 'x', qos: 1 }])
  })

  it('is granted QoS 2 (FX-MQ-6), and gets nothing after UNSUBACK (FX-MQ-7)', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { level })
    one.send(subscribe('a', 2))
    expect(facts(await one.next())).toMatchObject({ granted: [2] })
    one.send({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: ['a'] })
    expect(facts(await one.next())).toMatchObject({ cmd: 'unsuback', messageId: 8 })
    one.send(publish('a', 'x'))
    expect(await one.all()).toEqual([])
  })

  it('publishes once with QoS 2, also if it repeats the PUBLISH (FX-MQ-8, G4)', async () => {
    const { port } = await mqttRelay()
    const reader = await connected(port, { level })
    reader.send(subscribe('a'))
    await reader.next()
    const one = await connected(port, { level })
    one.send(publish('a', 'x', { qos: 2, messageId: 5 }))
    expect(facts(await one.next())).toEqual({ cmd: 'pubrec', messageId: 5 })
    one.send(publish('a', 'x', { qos: 2, messageId: 5, dup: true }))
    expect(facts(await one.next())).toEqual({ cmd: 'pubrec', messageId: 5 })
    one.send({ cmd: 'pubrel', messageId: 5 })
    expect(facts(await one.next())).toEqual({ cmd: 'pubcomp', messageId: 5 })
    one.send({ cmd: 'pubrel', messageId: 5 })
    expect(facts(await one.next())).toMatchObject({
      cmd: 'pubcomp',
      messageId: 5,
      ...(level === 5 && { reasonCode: 0x92 }),
    })
    expect((await reader.all()).map(facts)).toEqual([{ topic: 'a', payload: 'x', qos: 0 }])
  })

  it('has a will that is published and kept if it is lost, not if it disconnects (FX-MQ-9)', async () => {
    const { port } = await mqttRelay()
    const reader = await connected(port, { level })
    reader.send(subscribe('w/t'))
    await reader.next()
    const will = { topic: 'w/t', payload: Buffer.from('{"w":1}'), qos: 0, retain: true }
    const leaving = await connected(port, { level, will })
    leaving.send({ cmd: 'disconnect', reasonCode: 0 })
    await leaving.closed()
    expect(await reader.all()).toEqual([])
    const lost = await connected(port, { level, will })
    lost.socket.destroy()
    expect(facts(await reader.next())).toEqual({ topic: 'w/t', payload: '{"w":1}', qos: 0 })
    reader.send(subscribe('w/+'))
    await reader.next()
    expect(facts(await reader.next())).toEqual({ topic: 'w/t', payload: '{"w":1}', qos: 0, retain: true })
  })

  it('finds its session again, with what it has missed (FX-MQ-10, FX-MQ-11)', async () => {
    const { port } = await mqttRelay()
    const id = {
      level,
      clientId: 'worker-state',
      clean: false,
      ...(level === 5 && { properties: { sessionExpiryInterval: 60 } }),
    }
    const one = await connected(port, id)
    expect(one.connack.sessionPresent).toBe(false)
    one.send(subscribe('job/+', 1))
    await one.next()
    const other = await connected(port, { level })
    for (const n of [1, 2]) {
      other.send(publish('job/x', `${n}`, { qos: 1, messageId: n }))
      const { messageId } = await one.next()
      one.send({ cmd: 'puback', messageId })
    }
    await one.all()
    one.socket.destroy()
    await one.closed()
    other.send(publish('job/x', '3', { qos: 1, messageId: 3 }))
    await other.all()
    const again = await connected(port, id)
    expect(again.connack.sessionPresent).toBe(true)
    again.send(subscribe('job/+', 1))
    const packets = await again.all()
    expect(packets.filter(({ cmd }) => cmd === 'publish').map(facts)).toEqual([
      { topic: 'job/x', payload: '3', qos: 1 },
    ])
  })

  it('gets unacknowledged messages again with DUP, in order, after a reconnect (FX-MQ-17)', async () => {
    const { port } = await mqttRelay()
    const id = {
      level,
      clientId: 'dup',
      clean: false,
      ...(level === 5 && { properties: { sessionExpiryInterval: 60 } }),
    }
    const one = await connected(port, id)
    one.send(subscribe('q', 2))
    await one.next()
    const other = await connected(port, { level })
    for (const n of [1, 2, 3]) other.send(publish('q', `${n}`, { qos: n === 2 ? 2 : 1, messageId: n }))
    await expect.poll(() => one.got.length).toBe(3)
    const [first, second] = one.got
    one.send({ cmd: 'puback', messageId: first?.messageId })
    one.send({ cmd: 'pubrec', messageId: second?.messageId })
    await one.all()
    one.socket.destroy()
    await one.closed()
    const again = await connected(port, id)
    const packets = (await again.all()).map(facts)
    expect(packets).toEqual([
      { cmd: 'pubrel', messageId: second?.messageId },
      { topic: 'q', payload: '3', qos: 1, dup: true },
    ])
  })

  it('is disconnected if another one has its id (FX-MQ-21)', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { level, clientId: 'same' })
    const two = await connected(port, { level, clientId: 'same' })
    const packets = (await one.closed()).map(facts)
    expect(packets).toEqual(level === 5 ? [{ cmd: 'disconnect', reasonCode: 0x8e }] : [])
    expect(await two.all()).toEqual([])
  })

  it('is refused after ten take-overs in ten seconds, until these are over', async () => {
    const clock = fakeClock()
    const { port } = await mqttRelay({ clock })
    const enter = async (): Promise<unknown> => {
      const one = rawMqtt(port, level)
      one.send(connectPacket(level, { clientId: 'same' }))
      const { returnCode, reasonCode } = await one.next()
      clock.advance(950)
      return level === 5 ? reasonCode : returnCode
    }
    for (let i = 0; i <= 10; i++) expect(await enter()).toBe(0)
    expect(await enter()).toBe(level === 5 ? 0x89 : 3)
    expect(await enter()).toBe(0)
  })

  it('may not publish to a wildcard (FX-MQ-18, FX-TOP-9)', async () => {
    const { port } = await mqttRelay()
    for (const topic of ['a/#', 'a/+']) {
      const one = await connected(port, { level })
      const head = [0x30, topic.length + (level === 5 ? 3 : 2), 0, topic.length]
      one.bytes(...head, topic, ...(level === 5 ? [0] : []))
      await one.closed()
    }
  })

  it('is closed after one and a half times its keep-alive (FX-MQ-20)', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { level, keepalive: 1 })
    const since = performance.now()
    const packets = await one.closed()
    expect(packets.map(facts)).toEqual(level === 5 ? [{ cmd: 'disconnect', reasonCode: 0x8d }] : [])
    expect(performance.now() - since).toBeGreaterThan(1300)
  })

  it('gets its packet ids reused after 65,535 messages (FX-MQ-16)', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { level })
    one.send(subscribe('n', 1))
    await one.next()
    one.send(publish('n', 'held', { qos: 1, messageId: 1 }))
    const held = (await one.all()).find(({ cmd }) => cmd === 'publish')?.messageId
    const ids = new Set<number>()
    let last = 0
    for (let n = 0; n < 264; n++) {
      for (let i = 0; i < 250; i++) one.send(publish('n', '', { qos: 1, messageId: 2 + i }))
      for (const packet of await one.all()) {
        if (packet.cmd !== 'publish') continue
        const id = Number(packet.messageId)
        one.send({ cmd: 'puback', messageId: id })
        ids.add(id)
        last = id
      }
    }
    expect(ids.has(Number(held))).toBe(false)
    expect(ids.size).toBe(65_534)
    expect(last).toBeLessThan(1000)
  }, 60_000)
})

describe('a connection', () => {
  it('is closed over garbage and packets before CONNECT, and the relay lives (FX-MQ-15, FX-MQ-19)', async () => {
    const { port } = await mqttRelay()
    const garbage = rawMqtt(port)
    garbage.bytes('GET / HTTP/1.1\r\n\r\n')
    await garbage.closed()
    const early = rawMqtt(port)
    early.send(publish('a', 'x'))
    await early.closed()
    const second = await connected(port)
    second.send(connectPacket(4))
    await second.closed()
    expect((await connected(port)).connack.returnCode).toBe(0)
  })

  it('is refused with another version of the protocol', async () => {
    const { port } = await mqttRelay()
    const one = rawMqtt(port)
    one.bytes(0x10, 13, 0, 4, 'MQTT', 9, 2, 0, 0, 0, 1, 'x')
    expect(await one.next()).toMatchObject({ cmd: 'connack', returnCode: 1 })
    await one.closed()
  })
})

describe('topics', () => {
  it('meet subjects: a dot in a level is not a separator (FX-TOP-1, FX-TOP-2, FX-TOP-10)', async () => {
    const { port, connect } = await mqttRelay()
    const page = connect()
    const got: string[] = []
    await listening(page, 'app.*.name', ({ subject }) => void got.push(subject))
    const one = await connected(port)
    one.send(subscribe('app/topic/#'))
    await one.next()
    one.send(publish('app/topic/name', 'x'))
    one.send(publish('app.topic/name', 'x'))
    await one.all()
    await page.publish('app.topic.name', 'from page')
    await expect.poll(() => got).toEqual(['app.topic.name', 'app.topic.name'])
    expect((await one.all()).map(facts)).toEqual([{ topic: 'app/topic/name', payload: 'from page', qos: 0 }])
  })

  // FX-TOP-11 and FX-TOP-12
  it.each([
    ['test/#', 'test', true],
    ['test/#', 'test/', true],
    ['/#', '/', true],
    ['/#', 'test', false],
    ['+/#', 'test', true],
    ['foo/+/#', 'foo', false],
    ['foo/+/#', 'foo/bar', true],
    ['+/test/#', 'test/foo/test', false],
    ['#', 'test/test/test', true],
    ['+/+', '/foo', true],
    ['+', '/foo', false],
  ])('%s matches %s: %s, live and kept', async (filter, topic, matches) => {
    const { port } = await mqttRelay()
    const one = await connected(port)
    one.send(subscribe(filter))
    await one.next()
    one.send(publish(topic, 'x', { retain: true, qos: 1, messageId: 1 }))
    const live = (await one.all()).filter(({ cmd }) => cmd === 'publish')
    expect(live.length).toBe(matches ? 1 : 0)
    const two = await connected(port)
    two.send(subscribe(filter))
    await two.next()
    if (matches) expect((await two.next()).topic).toBe(topic)
    else expect(await two.all()).toEqual([])
  })
})
