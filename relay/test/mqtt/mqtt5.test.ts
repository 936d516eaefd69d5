import { describe, expect, it } from 'vitest'
import { mqttRelay } from './mqtt-relay.js'
import { connected, connectPacket, facts, type Got, type RawMqtt, rawMqtt } from './raw-mqtt.js'

const five = { level: 5 } as const
const publish = (topic: string, payload: string, rest: object = {}): object => ({
  cmd: 'publish',
  topic,
  payload,
  qos: 0,
  ...rest,
})
const to = (topic: string, rest: object = {}): object => ({ topic, qos: 0, nl: false, rap: false, rh: 0, ...rest })

async function subscribed(one: RawMqtt, subscriptions: readonly object[], properties?: object): Promise<Got> {
  one.send({ cmd: 'subscribe', messageId: 77, subscriptions, ...(properties && { properties }) })
  await expect.poll(() => one.got.some(({ cmd }) => cmd === 'suback')).toBe(true)
  const at = one.got.findIndex(({ cmd }) => cmd === 'suback')
  return one.got.splice(at, 1)[0] as Got
}

const published = async (one: RawMqtt): Promise<readonly object[]> =>
  (await one.all()).filter(({ cmd }) => cmd === 'publish').map(facts)

describe('CONNECT of MQTT 5', () => {
  it('is answered with the limits of the server, and an id if it has none', async () => {
    const { port } = await mqttRelay()
    const { connack } = await connected(port, { ...five, clientId: '' })
    expect(connack).toMatchObject({
      reasonCode: 0,
      properties: {
        receiveMaximum: 1024,
        topicAliasMaximum: 256,
        maximumPacketSize: 1024 * 1024 + 160 * 1024,
        assignedClientIdentifier: expect.stringMatching(/./),
      },
    })
  })

  it('receives a shorter session expiry and keep-alive (G6)', async () => {
    const { port } = await mqttRelay({ mqtt: { sessionExpiryMs: 60_000, keepAlive: 30 } })
    const properties = { sessionExpiryInterval: 0xffffffff }
    const { connack } = await connected(port, { ...five, properties, keepalive: 65_535 })
    expect(connack.properties).toMatchObject({ sessionExpiryInterval: 60, serverKeepAlive: 30 })
    const short = await connected(port, { ...five, keepalive: 1 })
    expect(short.connack.properties).not.toHaveProperty('serverKeepAlive')
  })

  it('is refused with an authentication method', async () => {
    const { port } = await mqttRelay()
    const { connack } = await connected(port, { ...five, properties: { authenticationMethod: 'SCRAM' } })
    expect(connack.reasonCode).toBe(0x8c)
  })

  it('is refused with a will to a topic that is closed or has no subject, and nothing is published (G7)', async () => {
    const { port } = await mqttRelay()
    for (const [topic, reasonCode] of [
      ['$SYS/x', 0x87],
      ['a/'.repeat(300), 0x90],
    ] as const) {
      const { connack } = await connected(port, {
        ...five,
        will: { topic, payload: Buffer.from('x'), qos: 0, retain: false },
      })
      expect(connack.reasonCode).toBe(reasonCode)
    }
  })

  it('may have a client id of 65,000 bytes', async () => {
    const { port } = await mqttRelay()
    expect((await connected(port, { ...five, clientId: 'x'.repeat(65_000) })).connack.reasonCode).toBe(0)
  })
})

describe('a message of MQTT 5', () => {
  it('keeps its properties and the order of user properties', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, five)
    await subscribed(one, [to('a')])
    const properties = {
      payloadFormatIndicator: true,
      messageExpiryInterval: 100,
      contentType: 'text/plain',
      responseTopic: 'answers/1',
      correlationData: Buffer.from([0, 1, 255]),
      userProperties: { b: ['1', '2'], a: '3' },
    }
    one.send(publish('a', 'x', { properties }))
    const [packet] = await published(one)
    expect(packet).toMatchObject({ properties: { ...properties, userProperties: { b: ['1', '2'], a: '3' } } })
  })

  it('has the identifiers of all subscriptions that it matches', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, five)
    await subscribed(one, [to('a/+', { qos: 1 })], { subscriptionIdentifier: 3 })
    await subscribed(one, [to('a/#')], { subscriptionIdentifier: 300 })
    one.send(publish('a/b', 'x', { qos: 1, messageId: 1 }))
    const [packet] = await published(one)
    expect(packet).toMatchObject({ qos: 1, properties: { subscriptionIdentifier: [3, 300] } })
  })

  it('is not sent to its publisher with No Local', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, five)
    const two = await connected(port, five)
    await subscribed(one, [to('a', { nl: true })])
    one.send(publish('a', 'own'))
    await one.all()
    two.send(publish('a', 'other'))
    await two.all()
    expect(await published(one)).toMatchObject([{ payload: 'other' }])
  })

  it('keeps the retain flag with Retain As Published, and values come by Retain Handling', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, five)
    one.send(publish('a', '1', { retain: true, qos: 1, messageId: 1 }))
    await one.all()
    await subscribed(one, [to('a', { rh: 2, rap: true })])
    expect(await published(one)).toEqual([])
    await subscribed(one, [to('a', { rh: 1, rap: true })])
    expect(await published(one)).toEqual([])
    await subscribed(one, [to('+', { rh: 1, rap: true })])
    await expect.poll(() => one.got.length).toBe(1)
    expect(one.got.splice(0).map(facts)).toMatchObject([{ payload: '1', retain: true }])
    one.send(publish('a', '2', { retain: true, qos: 1, messageId: 2 }))
    expect(await published(one)).toMatchObject([{ payload: '2', retain: true }])
  })

  it('is sent with a topic alias, after the topic', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { ...five, properties: { topicAliasMaximum: 1 } })
    await subscribed(one, [to('#')])
    one.send(publish('a', '1', { properties: { topicAlias: 4 } }))
    one.send(publish('', '2', { properties: { topicAlias: 4 } }))
    one.send(publish('b', '3'))
    expect(await published(one)).toMatchObject([
      { topic: 'a', payload: '1', properties: { topicAlias: 1 } },
      { topic: '', payload: '2', properties: { topicAlias: 1 } },
      { topic: 'b', payload: '3' },
    ])
  })

  it.each([
    [publish('a', 'x', { properties: { topicAlias: 257 } }), 0x94],
    [publish('', 'x', { properties: { topicAlias: 3 } }), 0x82],
  ])('ends the connection with an unknown alias', async (packet, reasonCode) => {
    const { port } = await mqttRelay()
    const one = await connected(port, five)
    one.send(packet)
    expect((await one.closed()).map(facts)).toEqual([{ cmd: 'disconnect', reasonCode }])
  })

  it('expires while its subscriber is away, and has the rest of its time else', async () => {
    const { port } = await mqttRelay()
    const id = { ...five, clientId: 'sleeper', clean: false, properties: { sessionExpiryInterval: 60 } }
    const one = await connected(port, id)
    await subscribed(one, [to('a', { qos: 1 })])
    one.socket.destroy()
    await one.closed()
    const two = await connected(port, five)
    two.send(publish('a', 'short', { qos: 1, messageId: 1, properties: { messageExpiryInterval: 1 } }))
    two.send(publish('a', 'long', { qos: 1, messageId: 2, properties: { messageExpiryInterval: 100 } }))
    await two.all()
    const since = performance.now()
    await expect.poll(() => performance.now() - since, { timeout: 5000 }).toBeGreaterThan(1500)
    const again = await connected(port, id)
    const [packet, ...others] = (await again.all()).map(facts)
    expect(others).toEqual([])
    expect(packet).toMatchObject({ payload: 'long', properties: { messageExpiryInterval: 99 } })
  })

  it('is not sent if it is larger than the client takes', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { ...five, properties: { maximumPacketSize: 100 } })
    await subscribed(one, [to('a', { qos: 1 })])
    const two = await connected(port, five)
    for (const [i, size] of [200, 20].entries()) two.send(publish('a', 'x'.repeat(size), { qos: 1, messageId: i + 1 }))
    await two.all()
    expect(await published(one)).toMatchObject([{ payload: 'x'.repeat(20) }])
  })
})

describe('flow control of MQTT 5', () => {
  it('sends no more than Receive Maximum, and the rest as the client acknowledges', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, { ...five, properties: { receiveMaximum: 2 } })
    await subscribed(one, [to('a', { qos: 2 })])
    const two = await connected(port, five)
    for (let i = 1; i <= 4; i++) two.send(publish('a', `${i}`, { qos: i % 2 === 0 ? 2 : 1, messageId: i }))
    await two.all()
    const [first, second, ...more] = await one.all()
    expect(more).toEqual([])
    one.send({ cmd: 'puback', messageId: first?.messageId })
    expect(await published(one)).toMatchObject([{ payload: '3' }])
    one.send({ cmd: 'pubrec', messageId: second?.messageId, reasonCode: 0x80 })
    expect(await published(one)).toMatchObject([{ payload: '4' }])
  })

  it('ends a connection that has more than the server takes (G4)', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, five)
    for (let id = 1; id <= 1025; id++) one.send(publish('a', '', { qos: 2, messageId: id }))
    const packets = await one.closed()
    expect(facts(packets.at(-1) as Got)).toEqual({ cmd: 'disconnect', reasonCode: 0x93 })
    expect(packets).toHaveLength(1025)
  })

  it('takes 70,000 messages with QoS 2 if each is released', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, five)
    for (let n = 0; n < 140; n++) {
      for (let id = 1; id <= 500; id++) one.send(publish('a', '', { qos: 2, messageId: id }))
      for (let id = 1; id <= 500; id++) one.send({ cmd: 'pubrel', messageId: id })
      expect((await one.all()).length).toBe(1000)
    }
  }, 60_000)
})

describe('a refusal in MQTT 5', () => {
  it('has its reason: topics of the system, too many levels, too many headers (G1, G8)', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, five)
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`h${i}`, 'x']))
    for (const [packet, reasonCode] of [
      [publish('$SYS/x', 'x'), 0x87],
      [publish('_x', 'x'), 0x87],
      [publish(`a${'/a'.repeat(201)}`, 'x'), 0x90],
      [publish('a', 'x', { properties: { userProperties: many } }), 0x97],
      [publish(`a${'/a'.repeat(200)}`, 'x'), 0],
    ] as const) {
      one.send({ ...packet, qos: 1, messageId: 3 })
      expect(facts(await one.next())).toEqual({ cmd: 'puback', messageId: 3, ...(reasonCode > 0 && { reasonCode }) })
      one.send({ ...packet, qos: 2, messageId: 4 })
      expect(facts(await one.next())).toEqual({ cmd: 'pubrec', messageId: 4, ...(reasonCode > 0 && { reasonCode }) })
      if (reasonCode > 0) continue
      one.send({ cmd: 'pubrel', messageId: 4 })
      await one.next()
    }
  })

  it('is one of each entry of a SUBSCRIBE (FX-AUT-13)', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, five)
    const filters = ['$presence/x', 'ok', `a${'/a'.repeat(201)}`, '$share/g/ok', '_x/#']
    const { granted } = await subscribed(
      one,
      filters.map((topic) => to(topic, { qos: 2 })),
    )
    expect(granted).toEqual([0x87, 2, 0x8f, 2, 0x87])
    one.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['none', 'ok'] })
    expect((await one.next()).granted).toEqual([0x11, 0])
  })

  it('has a text unless the client wants none', async () => {
    const { port } = await mqttRelay()
    for (const requestProblemInformation of [true, false]) {
      const one = await connected(port, { ...five, properties: { requestProblemInformation } })
      one.send(publish('$x', 'x', { qos: 1, messageId: 1 }))
      const { properties } = await one.next()
      expect(properties !== undefined).toBe(requestProblemInformation)
    }
  })
})

describe('DISCONNECT of MQTT 5', () => {
  it('with reason 4 publishes the will', async () => {
    const { port } = await mqttRelay()
    const reader = await connected(port, five)
    await subscribed(reader, [to('w')])
    const one = await connected(port, {
      ...five,
      will: { topic: 'w', payload: Buffer.from('x'), qos: 0, retain: false },
    })
    one.send({ cmd: 'disconnect', reasonCode: 4 })
    expect(facts(await reader.next())).toEqual({ topic: 'w', payload: 'x', qos: 0 })
  })

  it('may not begin a session expiry', async () => {
    const { port } = await mqttRelay()
    const one = await connected(port, five)
    one.send({ cmd: 'disconnect', reasonCode: 0, properties: { sessionExpiryInterval: 5 } })
    expect((await one.closed()).map(facts)).toEqual([{ cmd: 'disconnect', reasonCode: 0x82 }])
  })

  it('is sent when the relay closes', async () => {
    const relay = await mqttRelay()
    const one = await connected(relay.port, five)
    await relay.close()
    expect((await one.closed()).map(facts)).toEqual([{ cmd: 'disconnect', reasonCode: 0x8b }])
  })
})

describe('a will with a delay', () => {
  const will = {
    topic: 'w',
    payload: Buffer.from('x'),
    qos: 1,
    retain: false,
    properties: { willDelayInterval: 1, contentType: 'a/b' },
  }
  const id = { ...five, clientId: 'delayed', clean: false, properties: { sessionExpiryInterval: 60 }, will }

  it('is published after it, with its properties', async () => {
    const { port } = await mqttRelay()
    const reader = await connected(port, five)
    await subscribed(reader, [to('w', { qos: 1 })])
    const one = await connected(port, id)
    one.socket.destroy()
    expect(await reader.all()).toEqual([])
    expect(facts(await reader.next())).toMatchObject({ topic: 'w', qos: 1, properties: { contentType: 'a/b' } })
  })

  it('is not published if the client is back in time', async () => {
    const { port } = await mqttRelay()
    const reader = await connected(port, five)
    await subscribed(reader, [to('w')])
    const one = await connected(port, id)
    one.socket.destroy()
    await one.closed()
    const again = await connected(port, { ...id, will: undefined })
    expect(again.connack.sessionPresent).toBe(true)
    const since = performance.now()
    await expect.poll(() => performance.now() - since, { timeout: 5000 }).toBeGreaterThan(1300)
    expect(await reader.all()).toEqual([])
  })

  it('is published at once if the session ends', async () => {
    const { port } = await mqttRelay()
    const reader = await connected(port, five)
    await subscribed(reader, [to('w')])
    const long = { ...will, properties: { willDelayInterval: 100 } }
    const one = await connected(port, { ...id, will: long })
    await connected(port, { ...id, will: undefined, clean: true })
    await one.closed()
    expect(facts(await reader.next())).toMatchObject({ topic: 'w' })
  })
})

describe('a shared subscription', () => {
  it('gives each message to one client, and to another if it is not acknowledged', async () => {
    const { port } = await mqttRelay()
    const [one, two, other] = [await connected(port, five), await connected(port, five), await connected(port, five)]
    for (const each of [one, two]) await subscribed(each, [to('$share/g/jobs/+', { qos: 1 })])
    for (let id = 1; id <= 4; id++) other.send(publish(`jobs/${id}`, `${id}`, { qos: 1, messageId: id }))
    await other.all()
    const first = await one.all()
    const second = await two.all()
    expect([first.length, second.length]).toEqual([2, 2])
    one.send({ cmd: 'puback', messageId: first[0]?.messageId })
    await one.all()
    one.socket.destroy()
    expect(facts(await two.next())).toMatchObject({ topic: String(first[1]?.topic) })
  })
})

describe('two clients with one id that take over again and again (G5)', () => {
  it('are slowed down', async () => {
    const { port } = await mqttRelay()
    const reasons: unknown[] = []
    for (let i = 0; i < 13; i++) {
      const one = rawMqtt(port, 5)
      one.send(connectPacket(5, { clientId: 'same' }))
      reasons.push((await one.next()).reasonCode)
    }
    expect(reasons.slice(-3)).toEqual([0, 0x89, 0x89])
  })
})
