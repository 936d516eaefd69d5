import { describe, expect, it } from 'vitest'
import { messages, untilMarker } from './expectations.js'
import { unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'

const server = serverUnderTest()
const levels = [4, 5] as const

/** The topics that each filter matches, and others; `T` stands for a word of its own. */
const matches = [
  ['T/#', ['T', 'T/', 'T/a', 'T/a/b'], ['Tx', 'x/T']],
  ['T/+', ['T/a', 'T/'], ['T', 'T/a/b']],
  ['T/+/c', ['T/b/c', 'T//c'], ['T/c', 'T/b/d', 'T/b/c/d']],
  ['+/T/#', ['a/T', '/T/b'], ['a/b/T']],
  ['/T', ['/T'], ['T', '//T']],
  ['+/T', ['/T', 'a/T'], ['T', 'a/b/T']],
  ['T/a', ['T/a'], ['T/A', 'T/a/', 'T/ a']],
  ['T/é', ['T/\u00e9'], ['T/e\u0301']],
  ['T/+/+/#', ['T/a/b', 'T/a/b/c', 'T///'], ['T/a']],
  ['T/a.b', ['T/a.b'], ['T/a/b']],
  ['T/*', ['T/*'], ['T/a']],
  ['T/>', ['T/>'], ['T/a']],
  ['T/%2F', ['T/%2F'], ['T//']],
  ['T/ b', ['T/ b'], ['T/b']],
  ['T/constructor', ['T/constructor'], ['T/__proto__']],
] as const

describe('topics', () => {
  for (const level of levels)
    it.each(matches)(
      `3.1.1 [4.7.1-2 4.7.1-3 4.7.3-4 3.3.2-3] 5.0 [4.7.1-1 4.7.1-2 4.7.3-4 3.3.2-3]: %s (level ${level})`,
      async (filter, yes, no) => {
        const [subscriber, publisher] = [await server.join({ level }), await server.join({ level })]
        const word = unique('t')
        const named = (one: string): string => one.replace('T', word)
        expect((await subscriber.subscribed(named(filter))).codes).toEqual([0])
        for (const topic of [...no, ...yes]) await publisher.published(named(topic), 'x')
        expect(await untilMarker(subscriber, publisher)).toEqual(yes.map((topic) => `${named(topic)} x`))
      },
    )

  it.each(levels)(
    '3.1.1 [4.7.1-2 4.7.1-3 4.7.3-1] 5.0 [4.7.1-1 4.7.1-2 4.7.3-1]: a filter with a wildcard at a ' +
      'wrong place, or an empty one, is refused (level %d)',
    async (level) => {
      for (const filter of ['a/#/b', 'a#', 'a/b#', '#/a', 'a+', 'a/+b', 'a/b+/c', '++', '']) {
        const client = await server.join({ level })
        client.subscribe([[filter, 0]])
        const answer = await client.take()
        // A SUBACK that refuses, or the end of the connection.
        if (answer?.type === 'suback') expect(answer.codes).toEqual([level === 5 ? 0x8f : 0x80])
        else expect([undefined, 'disconnect']).toContain(answer?.type)
      }
    },
  )

  it.each(levels)(
    '3.1.1 [4.7.2-1] 5.0 [4.7.2-1]: filters that begin with a wildcard don’t match topics that ' +
      'begin with $ (level %d)',
    async (level) => {
      const [subscriber, system] = [await server.join({ level }), await server.join({ level })]
      subscriber.subscribe([
        ['#', 0],
        ['+/broker/version', 0],
      ])
      await subscriber.until('suback')
      // Shows that there is such a topic.
      expect((await system.subscribed('$SYS/broker/version')).codes).toEqual([0])
      expect(await system.next('publish')).toMatchObject({ topic: '$SYS/broker/version', retain: true })
      expect(messages(await subscriber.ping()).filter((one) => one.startsWith('$'))).toEqual([])
    },
  )

  it.each(levels)(
    '3.1.1 [4.7.3-3] 5.0 [4.7.3-3]: a topic of 65,535 bytes is delivered, or refused as a topic (level %d)',
    async (level) => {
      const client = await server.join({ level })
      const topic = 'x'.repeat(65_535)
      const { codes } = await client.subscribed(topic, 1)
      client.publish(topic, 'long', { qos: 1 })
      const got = await client.take()
      if (codes?.[0] === 1)
        expect([got, await client.take()].map((one) => one?.type).sort()).toEqual(['puback', 'publish'])
      else if (level === 5) expect([codes, got?.code]).toEqual([[0x8f], 0x90])
    },
  )

  it.skipIf(onMosquitto)(
    '5.0 [4.7.3-3 3.4.2-1]: topics with more levels or bytes than the limit are refused with their codes',
    async () => {
      // mosquitto closes instead.
      const client = await server.join({ level: 5 })
      const deep = '/'.repeat(300)
      expect((await client.subscribed(deep)).codes).toEqual([0x8f])
      expect((await client.published(deep, 'x')).code).toBe(0x90)
      expect(await client.ping()).toEqual([])
    },
  )
})
