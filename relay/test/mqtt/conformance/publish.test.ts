import { describe, expect, it } from 'vitest'
import { badStrings, closes, property } from './expectations.js'
import { unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'
import { bytes, packet, propertyBytes, u8, u16 } from './wire.js'

const server = serverUnderTest()
const levels = [4, 5] as const

describe('PUBLISH', () => {
  it.each(levels)(
    '3.1.1 [2.3.1-5 3.3.2-3 4.3.1-1] 5.0 [2.2.1-2 3.3.2-3 4.3.1-1 2.2.2-1]: QoS 0: as it was sent, ' +
      'without an id and without DUP (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await subscriber.subscribed(`${topic}/+`, 2)
      publisher.publish(`${topic}/a`, 'text')
      publisher.publish(`${topic}/b`, '')
      const first = await subscriber.next('publish')
      expect(first).toMatchObject({
        topic: `${topic}/a`,
        text: 'text',
        qos: 0,
        dup: false,
        retain: false,
        properties: [],
      })
      expect(first.id).toBeUndefined()
      expect(await subscriber.next('publish')).toMatchObject({ topic: `${topic}/b`, text: '' })
      expect(await publisher.ping()).toEqual([])
    },
  )

  it.each(levels)(
    '3.1.1 [2.3.1-6 3.3.4-1 4.3.2-2] 5.0 [2.2.1-5 3.3.4-1 3.4.2-1 4.3.2-4]: QoS 1 is answered with ' +
      'a PUBACK of the same id (level %d)',
    async (level) => {
      const client = await server.join({ level })
      for (const id of [9191, 1, 65_535]) {
        const answer = await client.published(unique('t'), 'x', { id })
        expect(answer.id).toBe(id)
        // 0x10: there is no subscriber, which only MQTT 5 reports.
        expect(level === 5 ? [0, 0x10] : [0]).toContain(answer.code)
      }
    },
  )

  it.each(levels)(
    '3.1.1 [3.3.4-1 4.3.3-2] 5.0 [2.2.1-5 3.3.4-1 3.5.2-1 3.7.2-1 4.3.3-8 4.3.3-11]: QoS 2 is ' +
      'answered with PUBREC and PUBCOMP of the same id (level %d)',
    async (level) => {
      const client = await server.join({ level })
      client.publish(unique('t'), 'x', { qos: 2, id: 77 })
      const answer = await client.next('pubrec')
      expect(answer.id).toBe(77)
      expect(level === 5 ? [0, 0x10] : [0]).toContain(answer.code)
      client.answer('pubrel', { id: 77 })
      expect(await client.next('pubcomp')).toMatchObject({ id: 77, code: 0 })
    },
  )

  it.each(levels)('3.1.1 [3.3.1-4] 5.0 [3.3.1-4]: QoS 3 closes (level %d)', async (level) => {
    const client = await server.join({ level })
    client.publish(unique('t'), 'x', { qos: 3 })
    await closes(client, 0x81)
  })

  it.each(levels)('3.1.1 [2.3.1-1] 5.0 [2.2.1-3 4.13.1-1]: the id 0 closes (level %d)', async (level) => {
    const client = await server.join({ level })
    client.publish(unique('t'), 'x', { qos: 1, id: 0 })
    await closes(client, 0x81, 0x82)
  })

  // mosquitto 2.0.11 accepts it.
  it.skipIf(onMosquitto).each(levels)(
    '3.1.1 [3.3.1-2] 5.0 [3.3.1-2]: DUP with QoS 0 closes (level %d)',
    async (level) => {
      const client = await server.join({ level })
      client.publish(unique('t'), 'x', { dup: true })
      await closes(client, 0x81)
    },
  )

  it.each(levels)(
    '3.1.1 [3.3.1-2 3.3.1-3] 5.0 [3.3.1-2 3.3.1-3 4.3.2-2 4.3.3-2]: DUP of the publisher is not passed on (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await subscriber.subscribed(topic, 2)
      await publisher.published(topic, '1', { dup: true })
      expect(await subscriber.next('publish')).toMatchObject({ qos: 1, dup: false })
      publisher.publish(topic, '2', { qos: 2, dup: true, id: 2 })
      await publisher.next('pubrec')
      publisher.answer('pubrel', { id: 2 })
      expect(await subscriber.next('publish')).toMatchObject({ qos: 2, dup: false })
      const low = await server.join({ level })
      await low.subscribed(topic, 0)
      await publisher.published(topic, '3', { dup: true })
      expect(await low.next('publish')).toMatchObject({ qos: 0, dup: false })
    },
  )

  it.each(levels)(
    '3.1.1 [1.5.3-1 1.5.3-2 3.3.2-1 4.7.3-2] 5.0 [1.5.4-1 1.5.4-2 3.3.2-1 4.7.3-2]: a topic that is ' +
      'not UTF-8 closes (level %d)',
    async (level) => {
      for (const bad of badStrings) {
        const client = await server.join({ level })
        client.publish(bad, 'x')
        await closes(client, 0x81)
      }
    },
  )

  it.each(levels)(
    '3.1.1 [3.3.2-2 4.7.1-1] 5.0 [3.3.2-2 4.7.0-1]: a topic with a wildcard closes (level %d)',
    async (level) => {
      for (const topic of ['a/+', '#', 'a/#/b', 'a+', '+/b#']) {
        const client = await server.join({ level })
        client.publish(topic, 'x')
        await closes(client, 0x81, 0x82, 0x90)
      }
    },
  )

  it('3.1.1 [4.7.3-1]: an empty topic closes', async () => {
    const client = await server.join()
    client.publish('', 'x')
    await closes(client, 0)
  })

  it('5.0 [4.7.3-1 4.13.1-1]: an empty topic without an alias closes', async () => {
    const client = await server.join({ level: 5 })
    client.publish('', 'x')
    await closes(client, 0x82)
  })

  it.skipIf(onMosquitto)('3.1.1 [3.3.5-2]: a forbidden PUBLISH is acknowledged, and dropped', async () => {
    // mosquitto has no topics of its own that it refuses to publishers.
    const client = await server.join()
    expect(await client.published('_closed/x', 'x', { id: 3 })).toMatchObject({ id: 3 })
    client.publish('_closed/x', 'x', { qos: 2, id: 4 })
    expect(await client.next('pubrec')).toMatchObject({ id: 4 })
    client.answer('pubrel', { id: 4 })
    expect(await client.next('pubcomp')).toMatchObject({ id: 4 })
    expect(await client.ping()).toEqual([])
  })

  it.each(levels)(
    '3.1.1 [4.6.0-5 4.6.0-6] 5.0 [4.6.0-5 4.6.0-6]: messages of one client keep their order, for each QoS (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await subscriber.subscribed(`${topic}/#`, 2)
      const numbers = Array.from({ length: 15 }, (_, at) => at)
      for (const at of numbers) publisher.publish(topic, `${at}`, { qos: at % 2, id: at + 1 })
      const got = []
      while (got.length < numbers.length) got.push(await subscriber.next('publish'))
      const even = got.filter(({ qos }) => qos === 0).map(({ text }) => Number(text))
      const odd = got.filter(({ qos }) => qos === 1).map(({ text }) => Number(text))
      expect([even, odd]).toEqual([numbers.filter((at) => at % 2 === 0), numbers.filter((at) => at % 2 === 1)])
    },
  )

  it.each(levels)(
    '3.1.1 [3.3.5-1] 5.0 [3.3.4-2]: overlapping subscriptions: the highest QoS of them (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      subscriber.subscribe([
        [`${topic}/#`, 0],
        [`${topic}/+`, 2],
        [`${topic}/a`, 1],
      ])
      await subscriber.next('suback')
      publisher.publish(`${topic}/a`, 'x', { qos: 2, id: 1 })
      await publisher.next('pubrec')
      publisher.answer('pubrel', { id: 1 })
      await publisher.next('pubcomp')
      const copies = (await subscriber.ping()).map(({ qos = -1 }) => qos)
      // mosquitto 2.0.11 sends clients of MQTT 3 one copy, with the QoS of the first filter.
      if (!onMosquitto || level === 5) expect(Math.max(...copies)).toBe(2)
      expect([1, 3]).toContain(copies.length)
    },
  )

  it('5.0 [3.3.4-3 3.3.4-4 3.3.4-5]: a message has the ids of all subscriptions that match it', async () => {
    const [subscriber, publisher] = [await server.join({ level: 5 }), await server.join({ level: 5 })]
    const topic = unique('t')
    await subscriber.subscribed(`${topic}/#`, 0, [['subscriptionId', 1]])
    await subscriber.subscribed(`${topic}/+`, 0, [['subscriptionId', 268_435_455]])
    await subscriber.subscribed(`${topic}/a`, 0)
    await subscriber.subscribed(`${topic}/x`, 0, [['subscriptionId', 3]])
    await publisher.published(`${topic}/a`, 'x')
    const copies = await subscriber.ping()
    const ids = copies.flatMap((copy) => property(copy, 'subscriptionId') ?? [])
    expect(new Set(ids)).toEqual(new Set([1, 268_435_455]))
    expect([1, 3]).toContain(copies.length)
  })

  // mosquitto 2.0.11 ignores it.
  it.skipIf(onMosquitto)('5.0 [3.3.4-6 4.13.1-1]: a subscription id in a PUBLISH of a client closes', async () => {
    const client = await server.join({ level: 5 })
    client.publish(unique('t'), 'x', { properties: [['subscriptionId', 1]] })
    await closes(client, 0x82)
  })

  it(
    '5.0 [1.5.5-1]: a length written with more bytes than it needs is malformed, and so is one of ' + 'five bytes',
    async () => {
      for (const length of [u8(0x80, 0x80, 0x00), u8(0x80, 0x80, 0x80, 0x80, 0x01)]) {
        const client = await server.join({ level: 5 })
        client.send(packet(3, 0, bytes('t'), length))
        await closes(client, 0x81)
      }
    },
  )

  it.each(levels)(
    '3.1.1 [2.2.2-1 2.2.2-2 3.6.1-1] 5.0 [2.1.3-1 3.6.1-1]: flags that are reserved close (level %d)',
    async (level) => {
      const list = level === 5 ? [propertyBytes()] : []
      for (const [type, flags, body] of [
        [4, 1, u16(1)],
        [5, 2, u16(1)],
        [6, 0, u16(1)],
        [7, 8, u16(1)],
        [8, 0, Buffer.concat([u16(1), ...list, bytes('t'), u8(0)])],
        [10, 3, Buffer.concat([u16(1), ...list, bytes('t')])],
        [12, 1, Buffer.alloc(0)],
        [14, 1, Buffer.alloc(0)],
      ] as const) {
        // mosquitto 2.0.11 ignores the flags of these.
        if (onMosquitto && [4, 5, 7, 12].includes(type)) continue

        const client = await server.join({ level })
        client.send(packet(type, flags, body))
        await closes(client, 0x81)
      }
    },
  )

  it.each(levels)(
    '3.1.1 [4.8.0-1] 5.0 [4.13.1-1]: packets of servers, reserved packets and short ones close (level %d)',
    async (level) => {
      const wrong = [packet(0, 0), packet(2, 0, u8(0, 0)), packet(3, 0, u8(0, 9, 97)), packet(4, 0, u8(1))]
      // mosquitto accepts these, for bridges.
      if (!onMosquitto) wrong.push(packet(9, 0, u16(1), u8(0)), packet(13, 0))
      for (const bad of wrong) {
        const client = await server.join({ level })
        client.send(bad)
        const rest = await client.rest()
        expect(rest.map(({ type }) => type)).toEqual(
          level === 5 && !onMosquitto ? ['disconnect'] : rest.map(() => 'disconnect'),
        )
        for (const { code } of rest) expect([0x81, 0x82]).toContain(code)
      }
    },
  )
})
