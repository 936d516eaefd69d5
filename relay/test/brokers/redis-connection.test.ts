import { parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { Redis as Ioredis } from 'ioredis'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerConnection } from '../../src/brokers/foreign/driver.js'
import { redisDriver } from '../../src/brokers/redis/driver.js'
import { RedisResponder } from '../../src/brokers/redis/redis-responder.js'
import { Scripts } from '../../src/brokers/redis/scripts.js'
import { type RedisNative, redisNames } from '../../src/brokers/redis/subjects.js'
import { Subscriber } from '../../src/brokers/redis/subscriber.js'
import type { Interest } from '../../src/core/broker.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { ports } from './redis-link.js'

// What one connection does, without a link around it that hides when it does it.

let server: Redis
let redis: Ioredis

beforeAll(async () => {
  server = await startRedis()
  redis = new Ioredis(server.url)
  return async () => {
    redis.disconnect()
    await server.stop()
  }
})
beforeEach(async () => {
  await redis.flushall()
})

const leaseTimes = { leaseMs: 500, renewEveryMs: 50, keepMs: 60_000 }

async function connect(): Promise<{
  connection: BrokerConnection<RedisNative>
  nativeOf(interest: Omit<Interest, 'pattern'>): RedisNative
}> {
  const driver = redisDriver({ url: server.url }, ports, leaseTimes)
  const connection = await driver.connect({ lost: () => {}, dropped: () => {} })
  onTestFinished(() => connection.close())
  return { connection, nativeOf: (interest) => driver.nativeOf({ pattern: parsePattern('a.b'), ...interest }) }
}

async function open(at: { readonly port: number }): Promise<Ioredis> {
  const client = new Ioredis(at.port, '127.0.0.1')
  onTestFinished(() => client.disconnect())
  await client.ping()
  return client
}

describe('a server', () => {
  /** Its listening goes through a proxy, its word to Redis does not. */
  async function begin() {
    const proxy = endsWithTest(await openProxy(server.port))
    const listening = await open({ port: proxy.port })
    const speaking = await open({ port: server.port })
    const refused: unknown[] = []
    const serving = new RedisResponder({
      subject: parseSubject('a'),
      owner: 'me',
      lease: 'lease',
      names: redisNames({ prefix: '', sharded: false }),
      scripts: new Scripts(speaking),
      subscriber: new Subscriber(listening, () => {}),
      leaseTimes,
      clock: ports.clock,
      sink: () => {},
      answer: async ({ subject, error }) => refused.push([subject, error?.code]),
      failed: (cause) => WildcastError.from(cause),
      dropped: () => {},
    })
    await serving.begin()
    onTestFinished(() => serving.stop())
    return { serving, refused, proxy, listening, speaking }
  }

  it('that leaves frees its subject once it hears no more: until then it refuses, and nobody else is asked as well', async () => {
    const { serving, refused, proxy, speaking } = await begin()
    proxy.stall()
    const left = serving.leave()
    await speaking.ping()
    expect(await redis.publish('request.7.a', 'asked meanwhile')).toBe(1)
    expect(await redis.get('lease')).toBe('me')
    proxy.flow()
    await left
    expect(await redis.get('lease')).toBeNull()
    expect(refused).toEqual([['response.7.a', 'no_responders']])
  })

  it('that has lost its claim to another leaves questions to that one', async () => {
    const { serving, refused, proxy, listening } = await begin()
    await redis.publish('request.7.a', 'asked of both, perhaps')
    await listening.ping()
    proxy.stall()
    await redis.set('lease', 'another')
    await expect(serving.ended).resolves.toMatchObject({ code: 'already_served' })
    expect(await redis.publish('request.8.a', 'asked of both')).toBe(1)
    proxy.flow()
    await expect.poll(() => redis.pubsub('NUMPAT')).toBe(0)
    await listening.ping()
    expect(refused).toEqual([])
    expect(await redis.get('lease')).toBe('another')
  })
})

describe('what is undone before it was confirmed', () => {
  it.each<[string, Omit<Interest, 'pattern'>]>([
    ['a server', { serve: true }],
    ['a member of a group', { group: 'g' }],
    ['a subscription', {}],
  ])('leaves nothing behind: %s', async (_, interest) => {
    const { connection, nativeOf } = await connect()
    const { confirmed, end } = connection.subscribe(nativeOf(interest), () => {})
    await Promise.allSettled([end(), confirmed])
    await connection.ping?.()
    expect(await redis.pubsub('NUMPAT')).toBe(0)
    expect(await redis.pubsub('CHANNELS')).toEqual([])
    expect(await redis.exists('wildcast:serve:a.b')).toBe(0)
    expect(await redis.zcard('wildcast:members:a.b g')).toBe(0)
  })
})
