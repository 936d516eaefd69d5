import { describe, expect, it } from 'vitest'
import { messages, untilMarker } from './expectations.js'
import { unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'
import type { ConnectOptions, Level } from './wire.js'

const server = serverUnderTest()
const levels = [4, 5] as const

/** Options of a client whose session is kept. */
function kept(level: Level): ConnectOptions {
  return { level, clientId: unique(), clean: false, properties: [['sessionExpiry', 600]] }
}

/** Sends a message with QoS 2 up to its PUBREC. */
async function sent(
  publisher: Awaited<ReturnType<typeof server.join>>,
  topic: string,
  text: string,
  id: number,
  dup = false,
) {
  publisher.publish(topic, text, { qos: 2, id, dup })
  return publisher.next('pubrec')
}

describe('delivery', () => {
  it.each(levels)(
    '3.1.1 [2.3.1-4 4.3.2-1 4.3.3-1] 5.0 [2.2.1-4 4.3.2-1 4.3.2-2 4.3.3-1 4.3.3-2 4.3.3-4 3.6.2-1 ' +
      '3.6.2-2 3.6.2-3]: each message in flight has an id of its own, and PUBREL has that of its ' +
      'PUBLISH (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await subscriber.subscribed(topic, 2)
      await publisher.published(topic, '1')
      await sent(publisher, topic, '2', 2)
      publisher.answer('pubrel', { id: 2 })
      await publisher.next('pubcomp')
      await publisher.published(topic, '3')
      const got = [await subscriber.next('publish'), await subscriber.next('publish'), await subscriber.next('publish')]
      expect(got.map(({ text, qos, dup }) => [text, qos, dup])).toEqual([
        ['1', 1, false],
        ['2', 2, false],
        ['3', 1, false],
      ])
      const ids = got.map(({ id = 0 }) => id)
      expect(Math.min(...ids)).toBeGreaterThan(0)
      expect(new Set(ids).size).toBe(3)
      subscriber.answer('pubrec', { id: ids[1] })
      expect(await subscriber.next('pubrel')).toMatchObject({ id: ids[1], code: 0, properties: [] })
      subscriber.answer('pubcomp', { id: ids[1] })
      expect(await subscriber.ping()).toEqual([])
    },
  )

  it.each(levels)(
    '3.1.1 [4.3.2-2] 5.0 [4.3.2-5]: after a PUBACK the same id is a new message, DUP or not (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await subscriber.subscribed(topic)
      await publisher.published(topic, 'a', { id: 5 })
      await publisher.published(topic, 'b', { id: 5, dup: true })
      expect(await untilMarker(subscriber, publisher)).toEqual([`${topic} a`, `${topic} b`])
    },
  )

  it.each(levels)(
    '3.1.1 [4.3.3-2] 5.0 [4.3.3-10 4.3.3-12]: QoS 2: the same id before PUBREL is the same message, ' +
      'after it a new one (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await subscriber.subscribed(topic)
      for (const dup of [false, true]) expect(await sent(publisher, topic, 'a', 5, dup)).toMatchObject({ id: 5 })
      publisher.answer('pubrel', { id: 5 })
      await publisher.next('pubcomp')
      await sent(publisher, topic, 'b', 5)
      publisher.answer('pubrel', { id: 5 })
      await publisher.next('pubcomp')
      expect(await untilMarker(subscriber, publisher)).toEqual([`${topic} a`, `${topic} b`])
    },
  )

  it.each(levels)(
    '3.1.1 [4.3.3-2 4.4.0-1] 5.0 [4.3.3-10 4.3.3-11]: QoS 2 is once, also if the publisher ' +
      'reconnects in between (level %d)',
    async (level) => {
      const subscriber = await server.join({ level })
      const topic = unique('t')
      await subscriber.subscribed(topic)
      const options = kept(level)
      const first = await server.join(options)
      await sent(first, topic, 'a', 5)
      await first.drop()
      const second = await server.join(options)
      await sent(second, topic, 'a', 5, true)
      second.answer('pubrel', { id: 5 })
      expect(await second.next('pubcomp')).toMatchObject({ id: 5, code: 0 })
      expect(await untilMarker(subscriber, second)).toEqual([`${topic} a`])
    },
  )

  it.each(levels)(
    '3.1.1 [4.3.3-2] 5.0 [4.3.3-11 3.7.2-1]: a PUBREL of an unknown id is answered with a PUBCOMP (level %d)',
    async (level) => {
      const client = await server.join({ level })
      client.answer('pubrel', { id: 99 })
      const { id, code } = await client.next('pubcomp')
      expect(id).toBe(99)
      expect(level === 5 ? [0, 0x92] : [0]).toContain(code)
    },
  )

  it.each(levels)(
    '3.1.1 [3.3.1-1 4.1.0-1 4.3.2-1 4.3.3-1 4.4.0-1] 5.0 [3.3.1-1 4.3.2-3 4.3.3-3 4.3.3-5 4.3.3-6 ' +
      '4.4.0-1 4.6.0-1]: what isn’t acknowledged comes again after a reconnect, with its id, in ' +
      'order, with DUP (level %d)',
    async (level) => {
      const options = kept(level)
      const [first, publisher] = [await server.join(options), await server.join({ level })]
      const topic = unique('t')
      await first.subscribed(topic, 2)
      await publisher.published(topic, '1')
      for (const id of [2, 3]) {
        await sent(publisher, topic, `${id}`, id)
        publisher.answer('pubrel', { id })
        await publisher.next('pubcomp')
      }
      await publisher.published(topic, '4')
      await publisher.published(topic, '5')
      const got = [
        await first.next('publish'),
        await first.next('publish'),
        await first.next('publish'),
        await first.next('publish'),
        await first.next('publish'),
      ]
      const ids = got.map(({ id = 0 }) => id)
      first.answer('pubrec', { id: ids[1] })
      await first.next('pubrel')
      first.answer('puback', { id: ids[3] })
      expect(await first.ping()).toEqual([])
      await first.drop()
      const second = await server.join(options)
      expect(second.connack?.acknowledge).toBe(1)
      const again = await second.ping()
      // The PUBREL is not ordered against PUBLISHes of other messages.
      expect(again.filter(({ type }) => type === 'pubrel').map(({ id }) => id)).toEqual([ids[1]])
      const publishes = again.filter(({ type }) => type === 'publish')
      expect(publishes.map(({ id, dup, text }) => [id, dup, text])).toEqual([
        [ids[0], true, '1'],
        [ids[2], true, '3'],
        [ids[4], true, '5'],
      ])
    },
  )

  it.each(levels)(
    '3.1.1 [4.4.0-1] 5.0 [4.4.0-1]: nothing is sent again on the same connection (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await subscriber.subscribed(topic, 1)
      await publisher.published(topic, '1')
      await subscriber.next('publish')
      expect(await subscriber.ping()).toEqual([])
      expect(await untilMarker(subscriber, publisher)).toEqual([])
    },
  )

  it('5.0 [4.4.0-2]: a message that the client refuses is not sent again', async () => {
    const options = kept(5)
    const [first, publisher] = [await server.join(options), await server.join({ level: 5 })]
    const topic = unique('t')
    await first.subscribed(topic, 2)
    await publisher.published(topic, '1')
    first.answer('puback', await first.next('publish'), 0x80)
    await sent(publisher, topic, '2', 2)
    publisher.answer('pubrel', { id: 2 })
    first.answer('pubrec', await first.next('publish'), 0x97)
    expect(await first.ping()).toEqual([])
    await first.drop()
    expect(await (await server.join(options)).ping()).toEqual([])
  })

  it.each(levels)(
    '3.1.1 [4.5.0-1 3.1.2-5] 5.0 [4.5.0-1 3.1.2-23]: messages of an absent client wait in its ' +
      'session, in order (level %d)',
    async (level) => {
      const options = kept(level)
      const first = await server.join(options)
      const topic = unique('t')
      await first.subscribed(topic, 1)
      await first.left()
      const publisher = await server.join({ level })
      for (const text of ['1', '2', '3']) await publisher.published(topic, text)
      const second = await server.join(options)
      const got = await second.ping()
      expect(messages(got)).toEqual([`${topic} 1`, `${topic} 2`, `${topic} 3`])
      expect(got.map(({ dup, qos }) => [dup, qos])).toEqual([
        [false, 1],
        [false, 1],
        [false, 1],
      ])
    },
  )

  it.each(levels)(
    '3.1.1 [3.8.4-6] 5.0 [3.8.4-8]: QoS is the lower one of message and subscription (level %d)',
    async (level) => {
      const publisher = await server.join({ level })
      const topic = unique('t')
      for (const granted of [0, 1, 2]) {
        const subscriber = await server.join({ level })
        expect((await subscriber.subscribed(topic, granted)).codes).toEqual([granted])
        publisher.publish(topic, '0')
        publisher.publish(topic, '1', { qos: 1, id: 1 })
        publisher.publish(topic, '2', { qos: 2, id: 2 })
        publisher.answer('pubrel', { id: 2 })
        await publisher.until('pubcomp')
        const got = (await subscriber.ping()).map(({ text, qos }) => [Number(text), qos])
        expect(got).toEqual([0, 1, 2].map((qos) => [qos, Math.min(qos, granted)]))
      }
    },
  )

  it.skipIf(onMosquitto)(
    '5.0 [4.3.3-9 3.3.2-2]: an id that was refused with PUBREC is free for a new message',
    async () => {
      // mosquitto has no topics of its own that it refuses to publishers.
      const [subscriber, publisher] = [await server.join({ level: 5 }), await server.join({ level: 5 })]
      const topic = unique('t')
      await subscriber.subscribed(topic)
      publisher.publish('_closed/x', 'x', { qos: 2, id: 5 })
      const { code = 0 } = await publisher.next('pubrec')
      expect(code).toBeGreaterThanOrEqual(0x80)
      await sent(publisher, topic, 'a', 5)
      publisher.answer('pubrel', { id: 5 })
      await publisher.next('pubcomp')
      expect(await untilMarker(subscriber, publisher)).toEqual([`${topic} a`])
    },
  )
})
