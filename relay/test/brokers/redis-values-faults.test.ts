import { type BrokerMessage, parsePattern } from '@wildcast/protocol'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { defaultLeaseTimes } from '../../src/brokers/redis/leases.js'
import { leaseMs } from '../../src/core/store.js'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { pass, read, revisionOfWrite, subjectsOf, valuesOf, write } from '../../src/testing/store-under-test.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli } from '../servers/redis-cli.js'
import { redisLosses } from '../servers/redis-losses.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { inTime } from './in-time.js'
import { text } from './link.js'
import { listen, open, publish } from './redis-link.js'
import { emptied, redisStore } from './redis-store.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})
beforeEach(() => emptied(server))

const cli = (...words: string[]): Promise<string> => redisCli(server.url, words)

describe('values that are gone from a Redis', () => {
  it.each([
    ['FLUSHALL', ['FLUSHALL']],
    ['DEL', ['DEL', 'wildcast:values']],
  ])('by %s are noticed at the next sweep: the link begins again, and old revisions never match', async (_, words) => {
    const relays = [await open({ url: server.url }), await open({ url: server.url })] as const
    const [{ broker }] = relays
    const old = await revisionOfWrite(broker, 'key', 'a')
    for (const relay of relays) await valuesOf(relay.broker).sweep?.()
    await cli(...words)
    expect(await read(broker, 'key')).toBeUndefined()
    for (const relay of relays) {
      await valuesOf(relay.broker).sweep?.()
      await expect.poll(() => relay.statuses).toEqual(['up', 'down', 'up'])
      expect(relay.causes[0]).toContain('were replaced or dropped')
    }
    expect(await write(broker, 'key', 'b', { ifRevision: old })).toEqual({ kind: 'refused', revision: undefined })
    const next = await revisionOfWrite(broker, 'key', 'b')
    expect(next > old).toBe(true)
    expect(next.slice(0, 10)).not.toBe(old.slice(0, 10))
    for (const relay of relays) {
      await valuesOf(relay.broker).sweep?.()
      expect(relay.statuses).toEqual(['up', 'down', 'up'])
    }
  })

  it('are noticed by the next write, which is acknowledged', async () => {
    const { broker, statuses } = await open({ url: server.url })
    const old = await revisionOfWrite(broker, 'key', 'a')
    await cli('FLUSHALL')
    expect((await revisionOfWrite(broker, 'key', 'b')) > old).toBe(true)
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect(text((await read(broker, 'key')) as BrokerMessage)).toBe('b')
  })

  it('since a server came back without its data have other revisions than before', async () => {
    const own = endsWithTest(await startRedis())
    const { broker, statuses } = await open({ url: own.url })
    const old = await revisionOfWrite(broker, 'key', 'a')
    await own.kill()
    await own.restart()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect(await read(broker, 'key')).toBeUndefined()
    expect(await write(broker, 'key', 'b', { ifRevision: old })).toEqual({ kind: 'refused', revision: undefined })
    expect((await revisionOfWrite(broker, 'key', 'b', { ifRevision: null })) > old).toBe(true)
  })
})

describe.each(Object.entries(redisLosses))('the values of %s', (_, start) => {
  it('begin a term: their revisions are as before, and later ones are given to no other change', async () => {
    const own = await start()
    const { broker, statuses } = await open({ url: own.url })
    const kept = await revisionOfWrite(broker, 'key', 'kept')
    await own.begin()
    const lost = await revisionOfWrite(broker, 'key', 'lost')
    await own.lose()
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect(await read(broker, 'key')).toMatchObject({ revision: kept })
    expect(await write(broker, 'key', 'x', { ifRevision: lost })).toEqual({ kind: 'refused', revision: kept })
    expect((await revisionOfWrite(broker, 'key', 'x', { ifRevision: kept })) > lost).toBe(true)
    expect(await redisCli(own.url, ['HGET', 'wildcast:values:terms', kept.slice(0, 10)])).toBe('000000001')
  })
})

describe('a link that breaks', () => {
  it('leaves the outcome of a write unknown', async () => {
    const proxy = endsWithTest(await openProxy(server.port))
    const { broker, statuses } = await open({ url: `redis://127.0.0.1:${proxy.port}` })
    proxy.stall()
    const writing = write(broker, 'key', 'a')
    const marking = valuesOf(broker).mark()
    proxy.cut()
    for (const call of [writing, marking]) await expect(call).rejects.toMatchObject({ code: 'interrupted' })
    proxy.flow()
    await expect.poll(() => statuses.at(-1)).toBe('up')
    await write(broker, 'key', 'b')
    await valuesOf(broker).mark()
  })

  it.each(['wildcast-publish', 'wildcast-subscribe'])('when %s is killed rejects no write for good', async (name) => {
    const { broker, statuses } = await open({ url: server.url, publishTimeoutMs: 60_000 })
    const inbox = await listen(broker, 'key.*')
    const writes = Array.from({ length: 200 }, async (_, i) => {
      const written = await write(broker, `key.${i}`, 'x').catch((cause) => cause.code)
      return written === 'interrupted' ? write(broker, `key.${i}`, 'x') : written
    })
    const clients = await cli('CLIENT', 'LIST')
    await cli('CLIENT', 'KILL', 'ID', new RegExp(`id=(\\d+).*name=${name}`).exec(clients)?.[1] as string)
    expect(new Set((await Promise.all(writes)).map(({ kind }) => kind))).toEqual(new Set(['written']))
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect(await subjectsOf(broker, 'key.*')).toHaveLength(200)
    await write(broker, 'key.end', 'end')
    await expect.poll(() => inbox.messages.at(-1)?.subject).toBe('key.end')
  })

  it('is not needed for scripts that the server has forgotten', async () => {
    const { broker, statuses } = await open({ url: server.url })
    await cli('SCRIPT', 'FLUSH')
    const [one, two] = await Promise.all([revisionOfWrite(broker, 'key', 'a'), revisionOfWrite(broker, 'key', 'b')])
    expect(one < two).toBe(true)
    await cli('SCRIPT', 'FLUSH')
    expect(text((await read(broker, 'key')) as BrokerMessage)).toBe('b')
    await cli('SCRIPT', 'FLUSH')
    await valuesOf(broker).mark()
    expect(statuses).toEqual(['up'])
  })
})

describe('a server that has become a replica', () => {
  it('gives no values, which may be old, and passes no marks', async () => {
    const [own, master] = [endsWithTest(await startRedis()), endsWithTest(await startRedis())]
    const clock = fakeClock()
    for (const call of ['read', 'page', 'mark'] as const) {
      await redisCli(own.url, ['REPLICAOF', 'NO', 'ONE'])
      const { broker } = await open({ url: own.url }, defaultLeaseTimes, clock)
      await write(broker, 'key', 'a')
      await redisCli(own.url, ['REPLICAOF', '127.0.0.1', `${master.port}`])
      const calls = {
        read: () => read(broker, 'key'),
        page: async () => valuesOf(broker).page(parsePattern('**'), { values: 1, bytes: 1 }),
        mark: async () => valuesOf(broker).mark(),
      }
      await expect(calls[call]()).rejects.toMatchObject({ code: 'interrupted' })
    }
  })

  it('keeps values once it is a master', async () => {
    const [own, master] = [endsWithTest(await startRedis()), endsWithTest(await startRedis())]
    const clock = fakeClock()
    await redisCli(own.url, ['REPLICAOF', '127.0.0.1', `${master.port}`])
    const { broker, statuses } = await open({ url: own.url }, defaultLeaseTimes, clock)
    expect(broker.features.retained).toContain('read-only replica')
    expect(broker.values).toBeUndefined()
    await redisCli(own.url, ['REPLICAOF', 'NO', 'ONE'])
    await inTime(clock, () => statuses).toEqual(['up', 'down', 'up'])
    await write(broker, 'key', 'a')
  })
})

describe('a Redis whose memory is full', () => {
  const fill = (): Promise<string> => cli('CONFIG', 'SET', 'maxmemory', '1')
  const clear = (): Promise<string> => cli('CONFIG', 'SET', 'maxmemory', '0')

  it('refuses values, keeps those that it has, and deletes', async () => {
    const { broker, statuses } = await open({ url: server.url })
    const inbox = await listen(broker, '**')
    const revision = await revisionOfWrite(broker, 'key.1', 'a')
    await write(broker, 'key.2', 'b')
    await fill()
    try {
      const full = { code: 'storage_full', message: expect.stringContaining('maxmemory') }
      await expect(write(broker, 'key.1', 'x')).rejects.toMatchObject(full)
      await expect(write(broker, 'key.3', 'x', { ifRevision: null })).rejects.toMatchObject(full)
      expect(await read(broker, 'key.1')).toMatchObject({ revision })
      await write(broker, 'key.2', '')
      await publish(broker, 'plain', 'p')
    } finally {
      await clear()
    }
    await write(broker, 'key.1', 'c')
    expect((await inbox.take(5)).map(text)).toEqual(['a', 'b', '', 'p', 'c'])
    expect(statuses).toEqual(['up'])
  })

  it('still renews leases, writes wills, and deletes what has expired', async () => {
    const store = redisStore(server)
    const broker = await store.relay()
    await write(broker, 'expires', 'x', { ttlMs: 1000 })
    await write(broker, 'state', 'on', { will: { payload: 'off', lease: 'gone' } })
    await write(broker, 'kept', 'on', { will: { payload: 'off', lease: 'here' } })
    await store.pass(leaseMs)
    await fill()
    try {
      await valuesOf(broker).renew?.('here')
      await pass({ ...store, pass: async () => {} }, 0, broker)
    } finally {
      await clear()
    }
    expect(await read(broker, 'expires')).toBeUndefined()
    expect(text((await read(broker, 'state')) as BrokerMessage)).toBe('off')
    expect(text((await read(broker, 'kept')) as BrokerMessage)).toBe('on')
  })

  it('is connected to, and begins a term', async () => {
    const own = endsWithTest(await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] }))
    const { broker, statuses } = await open({ url: own.url })
    const old = await revisionOfWrite(broker, 'key', 'a')
    await own.kill()
    await own.restart()
    await redisCli(own.url, ['CONFIG', 'SET', 'maxmemory', '1'])
    await expect.poll(() => statuses).toEqual(['up', 'down', 'up'])
    expect((await revisionOfWrite(broker, 'key', '')) > old).toBe(true)
  })
})

describe('a Redis that can keep no values', () => {
  const reason = async (settings: object): Promise<unknown> => {
    const { broker } = await open({ url: server.url, ...settings })
    const inbox = await listen(broker, 'open.*')
    await publish(broker, 'open.a', 'x')
    expect((await inbox.take(1)).map(text)).toEqual(['x'])
    return broker.features.retained
  }

  it.each([
    ['the keys', ['&*', '+@all', '~wildcast:groups'], 'the keys and channels of values, such as "&$mark.*"'],
    ['the channels', ['&open.*', '&_echo.*', '+@all', '~*'], 'the keys and channels of values, such as "&$mark.*"'],
    ['INFO', ['&*', '~*', '+@all', '-info'], 'INFO'],
  ])('since its ACL forbids %s is used for messages', async (_, rules, why) => {
    await cli('ACL', 'SETUSER', 'narrow', 'reset', 'on', '>x', ...rules)
    expect(await reason({ username: 'narrow', password: 'x' })).toContain(why)
  })

  it('is one that drops keys when its memory is full', async () => {
    const own = endsWithTest(await startRedis({ args: ['--maxmemory', '100mb', '--maxmemory-policy', 'allkeys-lru'] }))
    expect(await reason({ url: own.url })).toContain('set its policy to noeviction')
  })

  it('works with a user who may use the channels of marks', async () => {
    const channels = ['&open.*', '&$mark.open.*', '&$mark.*', '&_echo.*']
    await cli('ACL', 'SETUSER', 'listed', 'reset', 'on', '>x', ...channels, '~wildcast:*', '+@all')
    const { broker } = await open({ url: server.url, username: 'listed', password: 'x' })
    const inbox = await listen(broker, 'open.*')
    const revision = await revisionOfWrite(broker, 'open.a', 'x')
    expect(await inbox.take(1)).toMatchObject([{ revision }])
    const forbidden = { code: 'forbidden', message: expect.stringContaining('ACL') }
    const closed = await listen((await open({ url: server.url })).broker, 'closed.a')
    await expect(write(broker, 'closed.a', 'x')).rejects.toMatchObject(forbidden)
    // Its mark was published, since the user may do that.
    await cli('PUBLISH', 'closed.a', 'x')
    expect((await closed.take(1)).map((message) => message.revision)).toEqual([undefined])
    await expect(listen(broker, 'closed.*')).rejects.toMatchObject(forbidden)
    expect(await subjectsOf(broker, '**')).toEqual(['open.a'])
  })
})
