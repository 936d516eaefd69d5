import { parsePattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { Redis as Ioredis } from 'ioredis'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { BrokerConnection } from '../../src/brokers/foreign/driver.js'
import { redisDriver } from '../../src/brokers/redis/driver.js'
import { RedisResponder } from '../../src/brokers/redis/redis-responder.js'
import { Scripts } from '../../src/brokers/redis/scripts.js'
import { type RedisNative, redisNames } from '../../src/brokers/redis/subjects.js'
import { Subscriber } from '../../src/brokers/redis/subscriber.js'
import type { Interest } from '../../src/core/broker.js'
import { emptiedRedis } from '../servers/emptied-redis.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { ports } from './redis-link.js'

// One connection, without a link that hides when it acts.

const own = emptiedRedis()

const leaseTimes = { leaseMs: 500, renewEveryMs: 50, keepMs: 60_000 }

async function connect(): Promise<{
  connection: BrokerConnection<RedisNative>
  nativeOf(interest: Omit<Interest, 'pattern'>): RedisNative
}> {
  const driver = redisDriver({ url: own.server.url }, ports, leaseTimes)
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

describe('a responder', () => {
  /** Its subscriber connects through a proxy, its scripts don't. */
  async function begin() {
    const proxy = endsWithTest(await openProxy(own.server.port))
    const subscribing = await open({ port: proxy.port })
    const publishing = await open({ port: own.server.port })
    const refused: unknown[] = []
    const responder = new RedisResponder({
      subject: parseSubject('a'),
      owner: 'me',
      lease: 'lease',
      names: redisNames({ prefix: '', sharded: false }),
      scripts: new Scripts(publishing),
      subscriber: new Subscriber({ redis: subscribing, marks: undefined, notText: () => {} }),
      leaseTimes,
      clock: ports.clock,
      sink: () => {},
      answer: async ({ subject, error }) => refused.push([subject, error?.code]),
      failed: (cause) => WildcastError.from(cause),
      dropped: () => {},
    })
    await responder.begin()
    onTestFinished(() => responder.stop())
    return { responder, refused, proxy, subscribing, publishing }
  }

  it('that leaves keeps its lease, and refuses requests, until its subscription has ended', async () => {
    const { responder, refused, proxy, publishing } = await begin()
    proxy.stall()
    const left = responder.leave()
    await publishing.ping()
    expect(await own.redis.publish('request.7.a', 'meanwhile')).toBe(1)
    expect(await own.redis.get('lease')).toBe('me')
    proxy.flow()
    await left
    expect(await own.redis.get('lease')).toBeNull()
    expect(refused).toEqual([['response.7.a', 'no_responders']])
  })

  it('that has lost its lease to another leaves requests to that one', async () => {
    const { responder, refused, proxy, subscribing } = await begin()
    await own.redis.publish('request.7.a', 'to both, perhaps')
    await subscribing.ping()
    proxy.stall()
    await own.redis.set('lease', 'another')
    await expect(responder.ended).resolves.toMatchObject({ code: 'already_served' })
    expect(await own.redis.publish('request.8.a', 'to both')).toBe(1)
    proxy.flow()
    await expect.poll(() => own.redis.pubsub('NUMPAT')).toBe(0)
    await subscribing.ping()
    expect(refused).toEqual([])
    expect(await own.redis.get('lease')).toBe('another')
  })
})

describe('a subscription that ends before it is confirmed', () => {
  it.each<[string, Omit<Interest, 'pattern'>]>([
    ['a responder', { serve: true }],
    ['a group consumer', { group: 'g' }],
    ['a plain one', {}],
  ])('leaves nothing behind: %s', async (_, interest) => {
    const { connection, nativeOf } = await connect()
    const { confirmed, end } = connection.subscribe(nativeOf(interest), () => {})
    await Promise.allSettled([end(), confirmed])
    await connection.ping?.()
    expect(await own.redis.pubsub('NUMPAT')).toBe(0)
    expect(await own.redis.pubsub('CHANNELS')).toEqual([expect.stringMatching(/^_echo\./)])
    expect(await own.redis.exists('wildcast:serve:a.b')).toBe(0)
    expect(await own.redis.zcard('wildcast:members:a.b g')).toBe(0)
  })
})
