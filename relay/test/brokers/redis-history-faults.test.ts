import { type BrokerMessage, parsePattern } from '@wildcast/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Broker } from '../../src/core/broker.js'
import { leaseMs } from '../../src/core/store.js'
import { append, payloadsOfHistory, rule } from '../../src/testing/history-under-test.js'
import { historyOf, pass, write } from '../../src/testing/store-under-test.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli } from '../servers/redis-cli.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { text } from './link.js'
import { listen, open, publish } from './redis-link.js'
import { emptied, redisStore } from './redis-store.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})
beforeEach(() => emptied(server))

const history = [rule('room.**')]
const cli = (...words: string[]): Promise<string> => redisCli(server.url, words)

/** Whether a subscriber that returns with this position has recovered. */
async function hasRecovered(broker: Broker, position: string): Promise<boolean> {
  const { isKnown, forgotten } = await historyOf(broker).historyState(parsePattern('room.*'), position)
  return isKnown && position >= forgotten
}

describe('a history that is gone', () => {
  it('by FLUSHALL is noticed: the link begins again, and no old position has recovered', async () => {
    const relays = [await open({ url: server.url, history }), await open({ url: server.url, history })]
    const [{ broker }] = relays as [(typeof relays)[number]]
    const old = await append(broker, 'room.1', 'a')
    expect(await hasRecovered(broker, old)).toBe(true)
    await cli('FLUSHALL')
    for (const relay of relays) {
      await historyOf(relay.broker).forget?.()
      await expect.poll(() => relay.statuses).toEqual(['up', 'down', 'up'])
    }
    expect((await append(broker, 'room.1', 'b')) > old).toBe(true)
    expect([await hasRecovered(broker, old), await hasRecovered(broker, '0000000000-000000000')]).toEqual([
      false,
      false,
    ])
  })

  it('since a backup was restored has the positions of the backup, and no lost one', async () => {
    const own = endsWithTest(await startRedis())
    const { broker, statuses } = await open({ url: own.url, history })
    const kept = await append(broker, 'room.1', 'kept')
    await redisCli(own.url, ['SAVE'])
    const lost = await append(broker, 'room.1', 'lost')
    await own.kill()
    await own.restart()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect((await append(broker, 'room.1', 'new')) > lost).toBe(true)
    expect([await hasRecovered(broker, kept), await hasRecovered(broker, lost)]).toEqual([true, false])
    expect(await payloadsOfHistory(broker, 'room.*', { after: kept })).toEqual(['new'])
  })
})

describe('a Redis whose memory is full', () => {
  it('refuses messages, which no subscriber receives, and forgets those past their age', async () => {
    const store = redisStore(server, { history: [rule('room.**', { ageMs: 1000 })] })
    const broker = await store.relay()
    const inbox = await listen(broker, 'room.*')
    await append(broker, 'room.1', 'old')
    await store.pass(2000)
    await cli('CONFIG', 'SET', 'maxmemory', '1')
    try {
      const full = { code: 'storage_full', message: expect.stringContaining('maxmemory') }
      await expect(append(broker, 'room.1', 'x')).rejects.toMatchObject(full)
      await historyOf(broker).forget?.()
    } finally {
      await cli('CONFIG', 'SET', 'maxmemory', '0')
    }
    expect(await payloadsOfHistory(broker, 'room.*')).toEqual([])
    await append(broker, 'room.1', 'new')
    expect((await inbox.take(2)).map(text)).toEqual(['old', 'new'])
  })
})

describe('a link that breaks', () => {
  it('leaves the outcome of a publish unknown; what was kept is in the history', async () => {
    const proxy = endsWithTest(await openProxy(server.port))
    const { broker, statuses } = await open({ url: `redis://127.0.0.1:${proxy.port}`, history })
    proxy.stall()
    const appending = append(broker, 'room.1', 'a')
    proxy.cut()
    await expect(appending).rejects.toMatchObject({ code: 'interrupted' })
    proxy.flow()
    await expect.poll(() => statuses.at(-1)).toBe('up')
    await append(broker, 'room.1', 'b')
    expect((await payloadsOfHistory(broker, 'room.1')).at(-1)).toBe('b')
  })
})

describe('the rules of a Redis', () => {
  it('count from when they are in force: earlier messages were not kept', async () => {
    const first = (await open({ url: server.url, history: [rule('log.*')] })).broker
    const early = await append(first, 'log.1', 'x')
    const { broker } = await open({ url: server.url, history: [...history, rule('log.*')] })
    expect(await hasRecovered(broker, '0000000000-000000000')).toBe(false)
    expect(await hasRecovered(broker, early)).toBe(true)
    expect((await historyOf(broker).historyState(parsePattern('log.*'), early)).forgotten < early).toBe(true)
  })

  it('that keep fewer messages, or for a shorter time, are applied to those that are there', async () => {
    const before = (await open({ url: server.url, history: [rule('room.*')] })).broker
    for (let i = 0; i < 150; i++) await append(before, `room.${i % 2}`, `${i}`)
    const store = redisStore(server, { history: [rule('room.*', { messages: 5 })] })
    await pass(store, 0, await store.relay())
    expect(await payloadsOfHistory(before, 'room.*')).toEqual(Array.from({ length: 10 }, (_, i) => `${140 + i}`))
    const aged = redisStore(server, { history: [rule('room.*', { ageMs: 60_000 })] })
    await pass(aged, 61_000, await aged.relay())
    expect(await payloadsOfHistory(before, 'room.*')).toEqual([])
    expect(await cli('HGET', 'wildcast:values', ' bytes')).toBe('0')
    expect(await cli('KEYS', 'wildcast:history:log:*')).toBe('')
  })
})

describe('messages that are kept', () => {
  it('have their position in a group, and none if a program without Wildcast has published them', async () => {
    const { broker } = await open({ url: server.url, history })
    const group = await listen(broker, 'room.*', { group: 'g' })
    const inbox = await listen(broker, 'room.*')
    const position = await append(broker, 'room.1', 'a')
    await cli('PUBLISH', 'room.1', 'foreign')
    await publish(broker, 'open.1', 'end')
    expect((await inbox.take(2)).map((message) => message.position)).toEqual([position, undefined])
    expect((await group.take(1)).map((message) => message.position)).toEqual([position])
    expect(await payloadsOfHistory(broker, 'room.*')).toEqual(['a'])
  })

  it('include values that expire, and wills', async () => {
    const store = redisStore(server, { history })
    const broker = await store.relay()
    const inbox = await listen(broker, 'room.*')
    await write(broker, 'room.1', 'short', { ttlMs: 1000 })
    await write(broker, 'room.2', 'on', { will: { payload: 'off', lease: 'gone' } })
    await pass(store, leaseMs, broker)
    const positions = (await inbox.take(4)).map(({ position }: BrokerMessage) => position)
    expect(positions).toEqual([...new Set(positions)].sort())
    expect((await payloadsOfHistory(broker, 'room.*')).sort()).toEqual(['', 'off', 'on', 'short'])
  })

  it('are not kept if they may not be published', async () => {
    const channels = ['&open.*', '&$mark.*', '&_echo.*']
    await cli('ACL', 'SETUSER', 'listed', 'reset', 'on', '>x', ...channels, '~wildcast:*', '+@all')
    const { broker } = await open({ url: server.url, username: 'listed', password: 'x', history })
    await expect(append(broker, 'room.1', 'x')).rejects.toMatchObject({ code: 'forbidden' })
    expect(await payloadsOfHistory(broker, 'room.*')).toEqual([])
    expect(await cli('HGET', 'wildcast:values', ' bytes')).toBe('0')
  })

  it('are others in each database, and behind each prefix', async () => {
    const one = (await open({ url: server.url, history })).broker
    const others = [{ db: 3 }, { prefix: 'shop:' }].map((settings) => open({ url: server.url, history, ...settings }))
    const inboxes = await Promise.all(others.map(async (other) => listen((await other).broker, 'room.*')))
    await append(one, 'room.1', 'a')
    for (const other of others) {
      const { broker } = await other
      await append(broker, 'room.1', 'own')
      expect(await payloadsOfHistory(broker, 'room.*')).toEqual(['own'])
    }
    expect((await inboxes[0]?.take(2))?.map((message) => [text(message), message.position !== undefined])).toEqual([
      ['a', false],
      ['own', true],
    ])
    expect(await payloadsOfHistory(one, 'room.*')).toEqual(['a'])
  })
})

describe('messages of one turn', () => {
  it('keep their order among plain publishes and values', async () => {
    const { broker } = await open({ url: server.url, history })
    const inbox = await listen(broker, '**')
    const sent = Array.from({ length: 30 }, (_, i) => `${i}`)
    await Promise.all(
      sent.map((payload, i) =>
        i % 5 === 2
          ? publish(broker, 'open.1', payload)
          : i % 5 === 4
            ? write(broker, 'value.1', payload)
            : append(broker, 'room.1', payload),
      ),
    )
    expect((await inbox.take(30)).map(text)).toEqual(sent)
  })

  it('are not harmed by one whose key is damaged', async () => {
    const { broker } = await open({ url: server.url, history })
    await cli('SET', 'wildcast:history:log:room.2', 'damaged')
    const outcomes = await Promise.allSettled(['room.1', 'room.2', 'room.3'].map((to) => append(broker, to, to)))
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    const next = await append(broker, 'room.1', 'next')
    const positions = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : ''))
    expect(positions.every((position) => position < next)).toBe(true)
    expect(await payloadsOfHistory(broker, 'room.1')).toEqual(['room.1', 'next'])
  })

  it('leave a log at most an eighth beyond its rule, which the next second trims', async () => {
    const { broker } = await open({ url: server.url, history: [rule('room.**', { messages: 16 })] })
    for (let i = 0; i < 40; i++) {
      await append(broker, 'room.1', `${i}`)
      expect(Number(await cli('XLEN', 'wildcast:history:log:room.1'))).toBeLessThanOrEqual(18)
    }
    await historyOf(broker).forget?.()
    expect(await payloadsOfHistory(broker, 'room.1')).toEqual(Array.from({ length: 16 }, (_, i) => `${24 + i}`))
  })
})
