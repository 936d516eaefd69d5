import type { BrokerMessage } from '@wildcast/protocol'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { digestText } from '../../src/brokers/redis/values/change-mark.js'
import { redis } from '../../src/brokers/redis.js'
import { everything } from '../../src/core/access/identity.js'
import { createRelay } from '../../src/core/relay.js'
import { leaseMs } from '../../src/core/store.js'
import { newId } from '../../src/node/new-id.js'
import { append, payloadsOfHistory, rule } from '../../src/testing/history-under-test.js'
import { recordingOutlet } from '../../src/testing/recording-outlet.js'
import { pass, read, revisionOfWrite, subjectsOf, valuesOf, write } from '../../src/testing/store-under-test.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli, redisSubscriber } from '../servers/redis-cli.js'
import { testLink, text } from './link.js'
import { listen, open, ports, publish, serve } from './redis-link.js'
import { emptied, redisStore } from './redis-store.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})

const cli = (...words: string[]): Promise<string> => redisCli(server.url, words)

/** Opens a relay on an empty Redis. */
async function relay(settings = {}) {
  await emptied(server)
  return open({ url: server.url, ...settings })
}

const isChange = ({ revision }: BrokerMessage): boolean => revision !== undefined

/** A mark as a relay would publish it. */
const markOf = (payload: string): string =>
  `0000000000-000000001${digestText(Buffer.from(payload), payload === '' ? 'd' : 'v')}`

it('values and kept messages that are too large for clients are left out of pages, and counted', async () => {
  const history = [rule('room.*')]
  const { broker } = await relay({ history })
  const small = await testLink(redis({ url: server.url, history }, { ...ports, maxPayload: 1000 }))
  for (const [i, length] of [1000, 1001].entries()) {
    await write(broker, `v.${i}`, 'x'.repeat(length))
    await append(broker, `room.${i}`, 'x'.repeat(length))
  }
  expect(await subjectsOf(small.broker, 'v.*')).toEqual(['v.0'])
  expect((await payloadsOfHistory(small.broker, 'room.*')).map(({ length }) => length)).toEqual([1000])
  expect(small.dropped).toEqual(['too_large', 'too_large'])
})

describe('a client of Redis without Wildcast', () => {
  it('receives the payload of a value as a plain message, and an empty one for a deletion', async () => {
    const { broker } = await relay()
    const exact = endsWithTest(await redisSubscriber(server.url, 'lamp.1'))
    const glob = endsWithTest(await redisSubscriber(server.url, 'lamp.*', { command: 'PSUBSCRIBE' }))
    await write(broker, 'lamp.1', 'on', { headers: [['trace', '1']], user: 'ada' })
    await write(broker, 'lamp.1', '')
    await publish(broker, 'lamp.1', 'end')
    for (const payload of ['on', '', 'end'].map((text) => Buffer.from(text)))
      for (const subscriber of [exact, glob]) expect(await subscriber.next()).toEqual({ channel: 'lamp.1', payload })
  })

  it('publishes plain messages, also with the payload of a value', async () => {
    const { broker } = await relay()
    const inboxes = await Promise.all(['lamp.1', 'lamp.*', '**'].map((pattern) => listen(broker, pattern)))
    const revision = await revisionOfWrite(broker, 'lamp.1', 'on')
    await cli('PUBLISH', 'lamp.1', 'on')
    await cli('PUBLISH', 'lamp.1', '')
    for (const inbox of inboxes) {
      const messages = await inbox.take(3)
      expect(messages.map((message) => [text(message), message.revision])).toEqual([
        ['on', revision],
        ['on', undefined],
        ['', undefined],
      ])
    }
    expect((await read(broker, 'lamp.1'))?.revision).toBe(revision)
  })

  it('does not turn messages into values by marks that no payload follows', async () => {
    const { broker } = await relay()
    const inboxes = await Promise.all(['lamp.1', 'lamp.*', '**'].map((pattern) => listen(broker, pattern)))
    await cli('PUBLISH', '$mark.lamp.1', markOf('on'))
    await cli('PUBLISH', 'lamp.1', 'no')
    await cli('PUBLISH', 'lamp.1', 'on')
    for (const garbage of ['', 'x', '{}', `${markOf('on')}{`, `${'9'.repeat(30)} `]) {
      await cli('PUBLISH', '$mark.lamp.1', garbage)
      await cli('PUBLISH', '$mark.lamp.2', markOf('other'))
      await cli('PUBLISH', 'lamp.1', 'other')
    }
    await write(broker, 'lamp.1', 'on')
    for (const inbox of inboxes) {
      const messages = await inbox.take(8)
      expect(messages.map(text)).toEqual(['no', 'on', ...Array(5).fill('other'), 'on'])
      expect(messages.map(isChange)).toEqual([...Array(7).fill(false), true])
    }
  })

  it('may store anything under the keys of groups: a write that fails changes nothing', async () => {
    const { broker, statuses } = await relay()
    const inbox = await listen(broker, 'lamp.*')
    await listen(broker, 'lamp.*', { group: 'g' })
    const queue = await listen(broker, 'lamp.1', { group: 'g' })
    const revision = await revisionOfWrite(broker, 'lamp.1', 'on')
    await cli('SET', 'wildcast:queue:lamp.* g', 'a text')
    await expect(write(broker, 'lamp.1', 'off')).rejects.toMatchObject({ code: 'internal' })
    await expect(write(broker, 'lamp.1', '')).rejects.toMatchObject({ code: 'internal' })
    await expect(write(broker, 'lamp.2', 'on')).rejects.toMatchObject({ code: 'internal' })
    expect(await read(broker, 'lamp.1')).toMatchObject({ revision })
    expect(await subjectsOf(broker, '**')).toEqual(['lamp.1'])
    await cli('DEL', 'wildcast:queue:lamp.* g')
    await publish(broker, 'lamp.1', 'end')
    for (const one of [inbox, queue]) expect((await one.take(2)).map(text)).toEqual(['on', 'end'])
    expect(statuses).toEqual(['up'])
  })
})

describe('a value at Redis', () => {
  it('goes to each group as well, with its revision, headers and user, and so does its deletion', async () => {
    const { broker } = await relay()
    const inboxes = [
      await listen(broker, 'job.*', { group: 'g' }),
      await listen(broker, 'job.1', { group: 'h' }),
      await listen(broker, 'job.1', { group: 'i' }),
    ]
    const about = { headers: [['trace', '1']], user: 'ada' } as const
    const revision = await revisionOfWrite(broker, 'job.1', 'do', about)
    const deleted = await revisionOfWrite(broker, 'job.1', '')
    await publish(broker, 'job.1', 'end')
    for (const inbox of inboxes) {
      const messages = await inbox.take(3)
      expect(messages.map(text)).toEqual(['do', '', 'end'])
      expect(messages[0]).toMatchObject({ subject: 'job.1', revision, ...about })
      expect(messages[1]).toMatchObject({ revision: deleted, deleted: true })
      expect(messages[2]?.revision).toBeUndefined()
    }
  })

  it('has the headers that a client gives it, though another message can have none', async () => {
    await emptied(server)
    const main = redis({ url: server.url }, ports)
    const relay = await createRelay({ brokers: { main }, newId, onError: () => {} })
    onTestFinished(() => relay.close())
    const session = relay.open(recordingOutlet(), everything)
    const message = { subject: 'lamp.1', payload: 'on', headers: [['trace', '1']] } as const
    await expect(session.publish(message)).rejects.toMatchObject({ code: 'unsupported' })
    await session.retain({ ...message, retain: {} })
    expect(await read((await open({ url: server.url })).broker, 'lamp.1')).toMatchObject({ headers: message.headers })
  })

  it('is delivered once to each of overlapping patterns', async () => {
    const { broker } = await relay()
    const patterns = ['a.b.c', 'a.b.*', 'a.*.c', 'a.**', '*.b.c', '**.c', '**', 'a.b.c.**', '*.*.*']
    const inboxes = await Promise.all(patterns.map((pattern) => listen(broker, pattern)))
    const revisions = [await revisionOfWrite(broker, 'a.b.c', '1'), await revisionOfWrite(broker, 'a.b.c', '2')]
    await publish(broker, 'a.b.c', 'end')
    for (const inbox of inboxes)
      expect((await inbox.take(3)).map(({ revision }) => revision)).toEqual([...revisions, undefined])
  })

  it('reaches a pattern that a responder has subscribed already, and its end leaves nothing behind', async () => {
    const { broker } = await relay()
    const leave = await serve(broker, 'a', () => [])
    const before = await cli('PUBSUB', 'NUMPAT')
    const inbox = await listen(broker, 'request.*.a')
    const revision = await revisionOfWrite(broker, 'request.room.a', 'x')
    expect(await inbox.take(1)).toMatchObject([{ subject: 'request.room.a', revision }])
    await leave()
    await write(broker, 'request.room.a', 'y')
    expect((await inbox.take(1)).map(text)).toEqual(['y'])
    await inbox.undo()
    expect(Number(await cli('PUBSUB', 'NUMPAT'))).toBe(Number(before) - 1)
  })

  it('has the channel and the keys of the prefix', async () => {
    const { broker } = await relay({ prefix: 'shop:' })
    const other = await open({ url: server.url })
    const [inbox, wild] = [await listen(broker, 'lamp.*'), await listen(broker, '**')]
    const elsewhere = await listen(other.broker, '**')
    const outside = endsWithTest(await redisSubscriber(server.url, 'shop:lamp.1'))
    const revision = await revisionOfWrite(broker, 'lamp.1', 'on')
    for (const one of [inbox, wild]) expect(await one.take(1)).toMatchObject([{ subject: 'lamp.1', revision }])
    expect((await outside.next()).payload.toString()).toBe('on')
    expect(await subjectsOf(other.broker, '**')).toEqual([])
    expect((await cli('KEYS', '*')).split('\n').filter((key) => !key.startsWith('shop:'))).toEqual([])
    // Pub/Sub has no prefixes of its own: without one, a relay receives the channels of all.
    expect((await elsewhere.take(1)).map(isChange)).toEqual([false])
  })

  it('leaves nothing behind when it is gone', async () => {
    await emptied(server)
    const store = redisStore(server)
    const broker = await store.relay()
    await valuesOf(broker).renew?.('other')
    for (const lease of ['one', 'two']) await write(broker, `will.${lease}`, 'x', { will: { payload: '', lease } })
    await write(broker, 'expires', 'x', { ttlMs: 1000 })
    await write(broker, 'both', 'x', { ttlMs: 1000, will: { payload: 'y', lease: 'one' } })
    await write(broker, 'replaced', 'x', { ttlMs: 1000, will: { payload: 'y', lease: 'one' } })
    await write(broker, 'replaced', 'x')
    await write(broker, 'replaced', '')
    for (let sweeps = 0; sweeps < 2; sweeps++) await pass(store, leaseMs, broker)
    expect(await subjectsOf(broker, '**')).toEqual([])
    expect((await cli('KEYS', '*')).split('\n')).toEqual(['wildcast:values'])
    expect((await cli('HKEYS', 'wildcast:values')).split('\n').sort()).toEqual([' bytes', ' count', ' term'])
    expect(await cli('HGET', 'wildcast:values', ' bytes')).toBe('0')
  })

  it('of one database is a plain message at relays of another', async () => {
    const { broker } = await relay()
    const other = await open({ url: server.url, db: 3 })
    const inboxes = await Promise.all(
      [broker, other.broker].flatMap((each) => ['a.b', 'a.*', '**'].map((pattern) => listen(each, pattern))),
    )
    await write(broker, 'a.b', 'zero')
    await write(other.broker, 'a.b', 'three')
    for (const [i, inbox] of inboxes.entries()) {
      const messages = await inbox.take(2)
      expect(messages.map(text)).toEqual(['zero', 'three'])
      expect(messages.map(isChange)).toEqual(i < 3 ? [true, false] : [false, true])
    }
    expect(text((await read(broker, 'a.b')) as BrokerMessage)).toBe('zero')
    for (const each of [broker, other.broker]) await each.values?.sweep?.()
    expect(other.statuses).toEqual(['up'])
  })
})
