import { describe, expect, it } from 'vitest'
import { badStrings, closes, messages, property, untilMarker } from './expectations.js'
import { type RawClient, unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'
import { bytes, packet, u8 } from './wire.js'

const server = serverUnderTest()

async function pair(): Promise<[RawClient, RawClient]> {
  return [await server.join({ level: 5 }), await server.join({ level: 5 })]
}

/** Waits until some seconds have passed on the server's clock: a will with this delay arrives. */
async function serverTime(seconds: number): Promise<void> {
  const topic = unique('w')
  const witness = await server.join({ level: 5 })
  await witness.subscribed(topic)
  const will = { topic, properties: [['willDelay', seconds]] } as const
  await (await server.join({ level: 5, will, properties: [['sessionExpiry', 60]] })).drop()
  await witness.next('publish')
}

describe('properties of messages', () => {
  it(
    '5.0 [1.5.4-3 3.3.2-4 3.3.2-13 3.3.2-15 3.3.2-16 3.3.2-17 3.3.2-18 3.3.2-19 3.3.2-20]: they are ' +
      'passed on unaltered, user properties in order',
    async () => {
      const [subscriber, publisher] = await pair()
      const topic = unique('t')
      await subscriber.subscribed(topic, 1)
      const user = [
        ['b', '2'],
        ['a', ''],
        ['b', '1'],
        ['', 'é\ufeff'],
        ['a', 'x'.repeat(1000)],
      ] as const
      const properties = [
        ['payloadFormat', 1],
        ['contentType', 'text/\ufeffplain'],
        ['responseTopic', 'r//t'],
        ['correlation', Buffer.of(0, 255, 10)],
        ...user.map((one) => ['user', one] as const),
      ] as const
      await publisher.published(topic, 'x', { properties })
      const got = await subscriber.next('publish')
      for (const [name, value] of properties)
        if (name !== 'user') expect([name, property(got, name)]).toEqual([name, value])
      expect(property(got, 'user')).toEqual(user)
      await publisher.published(topic, 'y', {
        properties: [
          ['payloadFormat', 0],
          ['correlation', Buffer.alloc(0)],
        ],
      })
      expect([0, undefined]).toContain(property(await subscriber.next('publish'), 'payloadFormat'))
      await publisher.published(topic, 'z')
      expect((await subscriber.next('publish')).properties).toEqual([])
    },
  )

  // mosquitto 2.0.11 accepts it.
  it.skipIf(onMosquitto)('5.0 [3.3.2-14 4.13.1-1]: a response topic with a wildcard closes', async () => {
    const client = await server.join({ level: 5 })
    client.publish(unique('t'), 'x', { properties: [['responseTopic', 'a/+']] })
    await closes(client, 0x81, 0x82, 0x90)
  })

  it('5.0 [1.5.7-1 3.3.2-13 3.3.2-19]: properties that are not UTF-8 close', async () => {
    for (const bad of badStrings.slice(0, 3))
      for (const property of [
        [u8(3), bytes(bad)],
        [u8(8), bytes(bad)],
        [u8(38), bytes(bad), bytes('v')],
        [u8(38), bytes('n'), bytes(bad)],
      ]) {
        const client = await server.join({ level: 5 })
        const list = Buffer.concat(property)
        client.send(packet(3, 0, bytes('t'), u8(list.length), list))
        await closes(client, 0x81)
      }
  })

  it('5.0 [4.13.1-1]: a property twice, one of another packet and an unknown one close', async () => {
    for (const list of [[2, 0, 0, 0, 1, 2, 0, 0, 0, 1], [17, 0, 0, 0, 1], [99, 0], [1], [1, 2]]) {
      // mosquitto 2.0.11 accepts 2 for a yes or no.
      if (onMosquitto && list[1] === 2) continue
      const client = await server.join({ level: 5 })
      client.send(packet(3, 0, bytes('t'), u8(list.length, ...list)))
      await closes(client, 0x81, 0x82)
    }
  })

  it('5.0 [3.3.2-6]: a message has an expiry that is not longer than the one it was published with', async () => {
    const [subscriber, publisher] = await pair()
    const topic = unique('t')
    await subscriber.subscribed(topic)
    await publisher.published(topic, 'x', { properties: [['messageExpiry', 100]] })
    const expiry = property(await subscriber.next('publish'), 'messageExpiry')
    expect([99, 100]).toContain(expiry)
  })

  it('5.0 [3.3.2-5 3.3.2-6]: what waits too long expires, and the rest has what is left', async () => {
    const topic = unique('t')
    const session = { level: 5, clientId: unique(), clean: false, properties: [['sessionExpiry', 600]] } as const
    const [client, publisher] = [await server.join(session), await server.join({ level: 5 })]
    await client.subscribed(topic, 2)
    await client.left()
    await publisher.published(topic, 'expires', { properties: [['messageExpiry', 1]] })
    await publisher.published(topic, 'stays', { properties: [['messageExpiry', 1000]] })
    await publisher.published(`${topic}/kept`, 'expires', { retain: true, properties: [['messageExpiry', 1]] })
    await publisher.published(`${topic}/kept/1`, 'stays', { retain: true, properties: [['messageExpiry', 1000]] })
    await serverTime(2)
    const again = await server.join(session)
    const got = await again.ping()
    await again.subscribed(`${topic}/kept/#`)
    got.push(...(await again.ping()))
    expect(messages(got)).toEqual([`${topic} stays`, `${topic}/kept/1 stays`])
    for (const one of got) {
      expect(Number(property(one, 'messageExpiry'))).toBeLessThan(1000)
      expect(Number(property(one, 'messageExpiry'))).toBeGreaterThan(900)
    }
  })

  // mosquitto 2.0.11 forgets it.
  it.skipIf(onMosquitto)(
    '5.0 [4.3.3-7 4.3.3-13]: a message with QoS 2 in flight is completed, though it has expired',
    async () => {
      const topic = unique('t')
      const session = { level: 5, clientId: unique(), clean: false, properties: [['sessionExpiry', 600]] } as const
      const [client, publisher] = [await server.join(session), await server.join({ level: 5 })]
      await client.subscribed(topic, 2)
      publisher.publish(topic, 'x', { qos: 2, id: 7, properties: [['messageExpiry', 1]] })
      await publisher.next('pubrec')
      const { id } = await client.next('publish')
      await client.drop()
      await serverTime(2)
      publisher.answer('pubrel', { id: 7 })
      await publisher.next('pubcomp')
      const again = await server.join(session)
      expect(await again.next('publish')).toMatchObject({ text: 'x', id, dup: true })
      again.answer('pubrec', { id })
      await again.next('pubrel')
      again.answer('pubcomp', { id })
      expect(await again.ping()).toEqual([])
    },
  )
})

describe('topic aliases', () => {
  it(
    '5.0 [3.3.2-12]: each alias up to the maximum of the server stands for the topic that it was ' + 'sent with last',
    async () => {
      const [subscriber, publisher] = await pair()
      const topic = unique('t')
      await subscriber.subscribed(`${topic}/#`)
      const most = Number(publisher.connack && property(publisher.connack, 'aliasMaximum'))
      expect(most).toBeGreaterThan(0)
      const expected = []
      for (const alias of [1, most]) {
        for (const name of ['a', 'b']) {
          publisher.publish(`${topic}/${alias}${name}`, 'named', { properties: [['alias', alias]] })
          publisher.publish('', 'alias', { properties: [['alias', alias]] })
          expected.push(`${topic}/${alias}${name} named`, `${topic}/${alias}${name} alias`)
        }
      }
      expect(await untilMarker(subscriber, publisher)).toEqual(expected)
    },
  )

  it('5.0 [3.3.2-8 4.13.1-1]: an alias of 0, above the maximum or never sent with a topic closes', async () => {
    for (const [alias, topic, ...codes] of [
      [0, 't', 0x94],
      [65_535, 't', 0x94],
      [1, '', 0x82, 0x94],
    ] as const) {
      const client = await server.join({ level: 5 })
      client.publish(topic, 'x', { properties: [['alias', alias]] })
      await closes(client, ...codes)
    }
  })

  it('5.0 [3.3.2-7]: aliases end with the connection', async () => {
    const session = { level: 5, clientId: unique(), clean: false, properties: [['sessionExpiry', 600]] } as const
    const first = await server.join(session)
    await first.published(unique('t'), 'x', { properties: [['alias', 1]] })
    await first.left()
    const second = await server.join(session)
    second.publish('', 'x', { properties: [['alias', 1]] })
    await closes(second, 0x82, 0x94)
  })

  it('5.0 [3.1.2-27 3.3.2-11]: who accepts no alias gets none', async () => {
    const [subscriber, publisher] = await pair()
    const topic = unique('t')
    await subscriber.subscribed(topic)
    for (const text of ['1', '2']) await publisher.published(topic, text)
    const got = await subscriber.ping()
    expect(got.map((one) => [one.topic, property(one, 'alias')])).toEqual([
      [topic, undefined],
      [topic, undefined],
    ])
  })

  it(
    '5.0 [3.1.2-26 3.3.2-7 3.3.2-11]: aliases of the server are within the maximum of the client, ' +
      'and known on this connection',
    async () => {
      const session = {
        level: 5,
        clientId: unique(),
        clean: false,
        properties: [
          ['sessionExpiry', 600],
          ['aliasMaximum', 2],
        ],
      } as const
      const [first, publisher] = [await server.join(session), await server.join({ level: 5 })]
      const topic = unique('t')
      await first.subscribed(`${topic}/#`)
      const sent = ['a', 'b', 'c', 'a', 'c', 'b', 'a'].map((end) => `${topic}/${end}`)
      const received = async (client: RawClient): Promise<unknown[]> => {
        for (const one of sent) await publisher.published(one, 'x')
        const known = new Map<unknown, unknown>()
        return (await client.ping()).map((one) => {
          const alias = property(one, 'alias')
          if (alias !== undefined) expect([1, 2]).toContain(alias)
          if (one.topic) known.set(alias, one.topic)
          return one.topic || known.get(alias)
        })
      }
      expect(await received(first)).toEqual(sent)
      await first.drop()
      expect(await received(await server.join(session))).toEqual(sent)
    },
  )
})

describe('limits of clients', () => {
  it(
    '5.0 [3.1.2-24 3.1.2-25]: a message that is too large for a client is left out, as if it were ' + 'delivered',
    async () => {
      const topic = unique('t')
      // With mosquitto 2.0.11 the place of such a message stays taken.
      const properties = [
        ['maximumPacketSize', 100],
        ['receiveMaximum', onMosquitto ? 20 : 1],
      ] as const
      const client = await server.join({ level: 5, properties })
      const other = await server.join({ level: 5 })
      await client.subscribed(topic, 1)
      for (const text of ['x'.repeat(200), 'small', 'y'.repeat(200)]) await other.published(topic, text)
      const got = await client.next('publish')
      expect(got.text).toBe('small')
      client.answer('puback', got)
      expect(await client.ping()).toEqual([])
    },
  )

  it(
    '5.0 [3.2.2-19 3.2.2-20 3.4.2-2 3.4.2-3 3.5.2-2 3.5.2-3 3.7.2-2 3.7.2-3 3.9.2-1 3.9.2-2 ' +
      '3.11.2-1 3.11.2-2 3.14.2-3 3.14.2-4]: no answer is made larger than the client accepts',
    async () => {
      const limit = 40
      const client = await server.join({ level: 5, properties: [['maximumPacketSize', limit]] })
      const answers = [client.connack]
      client.subscribe([
        ['$share/', 0],
        ['_closed/#', 0],
      ])
      client.unsubscribe(['_closed/#'])
      client.publish('_closed/x', 'x', { qos: 1, id: 1 })
      client.publish('_closed/x', 'x', { qos: 2, id: 2 })
      client.answer('pubrel', { id: 77 })
      client.send(packet(0, 0))
      answers.push(...(await client.rest()))
      for (const one of answers) expect(one?.size).toBeLessThanOrEqual(limit)
    },
  )

  it(
    '5.0 [3.1.2-29]: who wants no problem information gets neither reasons nor user properties, ' +
      'except with CONNACK, PUBLISH and DISCONNECT',
    async () => {
      const client = await server.join({ level: 5, properties: [['requestProblem', 0]] })
      client.subscribe([
        ['_closed/#', 0],
        ['a', 0],
      ])
      client.unsubscribe(['_closed/#'])
      client.publish('_closed/x', 'x', { qos: 1, id: 1 })
      client.publish('_closed/x', 'x', { qos: 2, id: 2 })
      client.answer('pubrel', { id: 77 })
      for (const type of ['suback', 'unsuback', 'puback', 'pubrec', 'pubcomp'])
        expect((await client.found(type)).properties).toEqual([])
    },
  )

  it.skipIf(onMosquitto)(
    '5.0 [3.1.2-29 3.4.2-1 3.5.2-1 3.9.3-2 3.11.3-2]: refusals of single packets have a code, and ' +
      'leave the connection open',
    async () => {
      // mosquitto has no topics of its own that it refuses to publishers.
      const client = await server.join({ level: 5 })
      expect((await client.published('_closed/x', 'x')).code).toBe(0x87)
      client.publish('_closed/x', 'x', { qos: 2, id: 2 })
      expect((await client.next('pubrec')).code).toBe(0x87)
      client.subscribe([
        ['_closed/#', 0],
        ['a', 0],
      ])
      expect((await client.next('suback')).codes).toEqual([0x87, 0])
      expect(await client.ping()).toEqual([])
    },
  )
})
