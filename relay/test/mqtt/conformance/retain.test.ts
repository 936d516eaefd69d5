import { describe, expect, it } from 'vitest'
import { messages, property, untilMarker } from './expectations.js'
import { unique } from './raw-client.js'
import { serverUnderTest } from './server-under-test.js'

const server = serverUnderTest()
const levels = [4, 5] as const

describe('retained messages', () => {
  it.each(levels)(
    '3.1.1 [3.3.1-5 3.3.1-6 3.3.1-7 3.3.1-8] 5.0 [3.3.1-5 3.3.1-9]: the last one of each topic is ' +
      'sent to new subscriptions, with RETAIN (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      for (const text of ['1', '2']) await publisher.published(`${topic}/a`, text, { retain: true })
      await publisher.published(`${topic}/b/c`, '3', { retain: true })
      publisher.publish(`${topic}/b/d`, '4', { retain: true, qos: 2, id: 2 })
      publisher.answer('pubrel', { id: 2 })
      await publisher.until('pubcomp')
      await publisher.published(`${topic}/0`, 'old', { retain: true })
      publisher.publish(`${topic}/0`, '0', { retain: true })
      await publisher.ping()
      await subscriber.subscribed(`${topic}/#`, 2)
      const got = await subscriber.ping()
      const short = got.map(({ topic: name = '', text, retain, dup }) => [name.slice(topic.length), text, retain, dup])
      expect(short.sort()).toEqual([
        ['/0', '0', true, false],
        ['/a', '2', true, false],
        ['/b/c', '3', true, false],
        ['/b/d', '4', true, false],
      ])
    },
  )

  it.each(levels)(
    '3.1.1 [3.3.1-9] 5.0 [3.3.1-12]: subscriptions that exist get it without RETAIN (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await subscriber.subscribed(topic)
      await publisher.published(topic, 'x', { retain: true })
      expect(await subscriber.next('publish')).toMatchObject({ text: 'x', retain: false })
    },
  )

  it('5.0 [3.3.1-13]: with Retain As Published the flag stays as it was', async () => {
    const [subscriber, publisher] = [await server.join({ level: 5 }), await server.join({ level: 5 })]
    const topic = unique('t')
    await subscriber.subscribed(topic, 8)
    await publisher.published(topic, 'x', { retain: true })
    expect(await subscriber.next('publish')).toMatchObject({ text: 'x', retain: true })
    await publisher.published(topic, 'y')
    expect(await subscriber.next('publish')).toMatchObject({ text: 'y', retain: false })
  })

  it.each(levels)(
    '3.1.1 [3.3.1-10 3.3.1-11] 5.0 [3.3.1-6 3.3.1-7]: an empty one removes it, and is delivered as ' +
      'any other (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await subscriber.subscribed(topic)
      await publisher.published(topic, 'x', { retain: true })
      await publisher.published(topic, '', { retain: true })
      expect(await untilMarker(subscriber, publisher)).toEqual([`${topic} x`, `${topic} `])
      await subscriber.subscribed(topic)
      expect(await subscriber.ping()).toEqual([])
    },
  )

  it.each(levels)(
    '3.1.1 [3.3.1-12] 5.0 [3.3.1-8]: a message without RETAIN leaves it alone (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await publisher.published(`${topic}/a`, 'kept', { retain: true })
      for (const text of ['x', '']) await publisher.published(`${topic}/a`, text)
      await publisher.published(`${topic}/b`, 'x')
      await subscriber.subscribed(`${topic}/#`)
      expect(messages(await subscriber.ping())).toEqual([`${topic}/a kept`])
    },
  )

  it.each(levels)(
    '3.1.1 [3.1.2-7] 5.0 [3.3.1-9]: it outlives the session of its publisher (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await publisher.published(topic, 'x', { retain: true })
      await publisher.left()
      await subscriber.subscribed(topic)
      expect(messages(await subscriber.ping())).toEqual([`${topic} x`])
    },
  )

  it.each(levels)(
    '3.1.1 [3.8.4-3] 5.0 [3.8.4-4 3.3.1-9]: the same filter again sends it again (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      await publisher.published(topic, 'x', { retain: true })
      for (const _ of [1, 2]) {
        await subscriber.subscribed(topic)
        expect((await subscriber.ping()).map(({ text, retain }) => [text, retain])).toEqual([['x', true]])
      }
    },
  )

  it(
    '5.0 [3.3.1-9 3.3.1-10 3.3.1-11]: retain handling 0 always sends it, 1 to new subscriptions, 2 ' + 'never',
    async () => {
      const [subscriber, publisher] = [await server.join({ level: 5 }), await server.join({ level: 5 })]
      const topic = unique('t')
      await publisher.published(topic, 'x', { retain: true })
      const got = []
      for (const handling of [2, 1, 0, 1]) {
        await subscriber.subscribed(topic, handling << 4)
        got.push([handling, messages(await subscriber.ping()).length])
      }
      subscriber.unsubscribe([topic])
      await subscriber.next('unsuback')
      await subscriber.subscribed(topic, 0x10)
      got.push([1, messages(await subscriber.ping()).length])
      expect(got).toEqual([
        [2, 0],
        [1, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ])
    },
  )

  it.each(levels)(
    '3.1.1 [3.8.4-4] 5.0 [3.8.4-5]: each filter of a SUBSCRIBE gets its own (level %d)',
    async (level) => {
      const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
      const topic = unique('t')
      for (const end of ['a', 'b']) await publisher.published(`${topic}/${end}`, end, { retain: true })
      subscriber.subscribe([
        [`${topic}/a`, 0],
        [`${topic}/b`, 0],
      ])
      await subscriber.next('suback')
      expect(messages(await subscriber.ping()).sort()).toEqual([`${topic}/a a`, `${topic}/b b`])
    },
  )

  it(
    '5.0 [3.3.2-4 3.3.2-16 3.3.2-17 3.3.2-18 3.3.2-20 3.3.4-3]: properties are kept with it, and ' +
      'the subscription id is added',
    async () => {
      const [subscriber, publisher] = [await server.join({ level: 5 }), await server.join({ level: 5 })]
      const topic = unique('t')
      const properties = [
        ['payloadFormat', 1],
        ['contentType', 'text/plain'],
        ['correlation', Buffer.of(0, 255)],
        ['user', ['b', '2']],
        ['user', ['a', '1']],
        ['user', ['b', '0']],
      ] as const
      await publisher.published(topic, 'x', { retain: true, properties })
      await subscriber.subscribed(topic, 0, [['subscriptionId', 7]])
      const got = await subscriber.next('publish')
      for (const [name, value] of properties) if (name !== 'user') expect(property(got, name)).toEqual(value)
      expect(property(got, 'user')).toEqual([
        ['b', '2'],
        ['a', '1'],
        ['b', '0'],
      ])
      expect(property(got, 'subscriptionId')).toBe(7)
    },
  )
})
