import { Redis as Ioredis } from 'ioredis'
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Settle } from '../../src/core/broker.js'
import { type Clock, realClock } from '../../src/core/clock.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli } from '../servers/redis-cli.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { text } from './link.js'
import { ask, listen, open, publish, work } from './redis-link.js'

// Groups are consumer groups of streams, which one script feeds at each publish.

/** Short enough to be waited for. */
const terms = { leaseMs: 500, renewEveryMs: 100, keepMs: 60_000 }

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

const url = (): string => server.url
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)
const sorted = (texts: readonly string[]): string[] => [...texts].sort((a, b) => Number(a) - Number(b))

/** A member that keeps what it gets until it is told what to do with it. */
async function holder(link: Awaited<ReturnType<typeof open>>, pattern = 'job', group = 'g') {
  const held: { readonly text: string; readonly settle: Settle }[] = []
  const leave = await work(link.broker, pattern, group, (message, settle) => held.push({ text: text(message), settle }))
  return { held, leave, texts: () => held.map((one) => one.text) }
}

async function throughProxy() {
  const proxy = endsWithTest(await openProxy(server.port))
  return { proxy, link: await open({ url: `redis://127.0.0.1:${proxy.port}` }, terms) }
}

describe('a group over two relays', () => {
  it('takes each of 1000 messages once, and both have their share (SP-BRK-6)', async () => {
    const links = [await open({ url: url() }), await open({ url: url() })] as const
    const inboxes = await Promise.all(links.map(({ broker }) => listen(broker, 'job.*', { group: 'g' })))
    await Promise.all(numbers(1000).map((job, i) => publish(links[i % 2 === 0 ? 0 : 1].broker, `job.${i % 7}`, job)))
    await expect.poll(() => inboxes.flatMap(({ messages }) => messages).length).toBe(1000)
    expect(sorted(inboxes.flatMap(({ messages }) => messages).map(text))).toEqual(numbers(1000))
    for (const { messages } of inboxes) expect(messages.length).toBeGreaterThan(50)
    // Nothing is left that could come again.
    await expect.poll(() => redis.xlen('wildcast:queue:job.* g')).toBe(0)
    expect(await redis.xpending('wildcast:queue:job.* g', 'g')).toEqual([0, null, null, null])
  })

  it('takes each at least once where a relay dies with messages in hand', async () => {
    const { proxy, link: dying } = await throughProxy()
    const living = await open({ url: url() }, terms)
    const dead = await holder(dying)
    const inbox = await listen(living.broker, 'job', { group: 'g' })
    for (const job of numbers(500)) await publish(living.broker, 'job', job)
    await expect.poll(() => dead.held.length).toBeGreaterThan(10)
    proxy.refuse()
    proxy.cut()
    for (const job of numbers(500)) await publish(living.broker, 'job', `${500 + Number(job)}`)
    await expect.poll(() => inbox.messages.length).toBe(1000)
    expect(sorted(inbox.messages.map(text))).toEqual(numbers(1000))
  })

  it('leaves a message with a member that is slow but alive', async () => {
    const [slow, quick] = [await open({ url: url() }, terms), await open({ url: url() }, terms)]
    const { held, texts } = await holder(slow)
    await publish(slow.broker, 'job', 'mine')
    await expect.poll(texts).toEqual(['mine'])
    const inbox = await listen(quick.broker, 'job', { group: 'g' })
    const members = 'wildcast:members:job g'
    const ends = async (): Promise<number[]> =>
      (await redis.zrange(members, 0, '-1', 'WITHSCORES')).map(Number).filter(Number.isFinite)
    const later = Math.max(...(await ends())) + terms.leaseMs
    await expect.poll(async () => Math.min(...(await ends()))).toBeGreaterThan(later)
    expect(inbox.messages).toEqual([])
    held[0]?.settle(true)
    await expect.poll(() => redis.xlen('wildcast:queue:job g')).toBe(0)
  })

  it('leaves its share to others where a member takes nothing more', async () => {
    const [full, other] = [await open({ url: url() }), await open({ url: url() })]
    const { held } = await holder(full)
    for (const job of numbers(1068)) void publish(full.broker, 'job', job)
    await expect.poll(() => held.length).toBe(1024)
    const inbox = await listen(other.broker, 'job', { group: 'g' })
    for (const job of numbers(100)) await publish(full.broker, 'job', job)
    await inbox.take(144)
    expect(held.length).toBe(1024)
    for (const { settle } of held.splice(0)) settle(true)
    await publish(full.broker, 'job', 'one of both')
    await expect.poll(() => held.length + inbox.messages.length).toBe(1)
  })

  it('hands what a leaving member holds to the others', async () => {
    const [leaving, staying] = [await open({ url: url() }), await open({ url: url() })]
    const { held, leave, texts } = await holder(leaving)
    for (const job of numbers(3)) await publish(leaving.broker, 'job', job)
    await expect.poll(texts).toEqual(numbers(3))
    const inbox = await listen(staying.broker, 'job', { group: 'g' })
    await leave()
    // Whether it was done is waited for: the client has said goodbye in good order.
    held[0]?.settle(true)
    held[1]?.settle(false)
    held[2]?.settle(false)
    expect((await inbox.take(2)).map(text)).toEqual(['1', '2'])
    await leave()
  })
})

describe('a group', () => {
  it('survives a restart of its only relay (SP-BRK-6)', async () => {
    const publishing = await open({ url: url() })
    const first = await open({ url: url() })
    const { held } = await holder(first, 'job.**')
    await publish(publishing.broker, 'job.a', 'in hand')
    await expect.poll(() => held.length).toBe(1)
    await first.broker.close()
    await publish(publishing.broker, 'job.b.c', 'meanwhile')
    const inbox = await listen((await open({ url: url() })).broker, 'job.**', { group: 'g' })
    expect((await inbox.take(2)).map(({ subject }) => subject).sort()).toEqual(['job.a', 'job.b.c'])
  })

  it('offers what nobody took again, to the next member', async () => {
    const { broker } = await open({ url: url() })
    const refused: string[] = []
    await work(broker, 'job', 'g', (message, settle) => {
      refused.push(text(message))
      settle(false)
    })
    await publish(broker, 'job', 'hard')
    await expect.poll(() => refused.length).toBeGreaterThan(1)
    const inbox = await listen(broker, 'job', { group: 'g' })
    expect((await inbox.take(1)).map(text)).toEqual(['hard'])
    await expect.poll(() => redis.xlen('wildcast:queue:job g')).toBe(0)
  })

  it('does not take twice what was in hand while its link was lost', async () => {
    const { proxy, link } = await throughProxy()
    const { held, texts } = await holder(link)
    for (const job of numbers(3)) await publish(link.broker, 'job', job)
    await expect.poll(texts).toEqual(numbers(3))
    proxy.refuse()
    proxy.cut()
    await expect.poll(() => link.statuses).toEqual(['up', 'down'])
    held[0]?.settle(true)
    await proxy.accept()
    await expect.poll(() => link.statuses).toEqual(['up', 'down', 'up'])
    held[1]?.settle(true)
    await publish(link.broker, 'job', '3')
    await expect.poll(texts).toEqual(numbers(4))
    held[2]?.settle(true)
    held[3]?.settle(true)
    await expect.poll(() => redis.xlen('wildcast:queue:job g')).toBe(0)
    expect(texts()).toEqual(numbers(4))
  })

  it('does not take twice what is taken before it goes on over a new link', async () => {
    const waiting: (() => void)[] = []
    let waits = false
    const clock: Clock = {
      ...realClock,
      after(ms, run) {
        if (!waits || ms > 0) return realClock.after(ms, run)
        waiting.push(run)
        return () => {}
      },
    }
    const proxy = endsWithTest(await openProxy(server.port))
    const link = await open({ url: `redis://127.0.0.1:${proxy.port}` }, terms, clock)
    const { held, texts } = await holder(link)
    await publish(link.broker, 'job', '0')
    await expect.poll(texts).toEqual(['0'])
    waits = true
    proxy.cut()
    await expect.poll(() => link.statuses).toEqual(['up', 'down', 'up'])
    await expect.poll(() => waiting.length).toBe(1)
    held[0]?.settle(true)
    for (let i = 0; i < 100; i++) await redis.ping() // time for Redis to be told
    waits = false
    for (const run of waiting) run()
    await publish(link.broker, 'job', '1')
    await expect.poll(texts).toEqual(['0', '1'])
    held[1]?.settle(true)
    await expect.poll(() => redis.xlen('wildcast:queue:job g')).toBe(0)
  })

  it('gets what belongs to its pattern, by publishes of relays only', async () => {
    const { broker } = await open({ url: url() })
    const all = await listen(broker, '**', { group: 'all' })
    const odd = await listen(broker, 'odd.[a-z]+.%2A.*'.replace('+', '%2B'), { group: 'odd' })
    const scheme = await listen(broker, 'request.*.sum', { group: 'g' })
    const plain = await listen(broker, '**')
    await redisCli(url(), ['PUBLISH', 'job', 'from a stranger'])
    expect((await plain.take(1)).map(text)).toEqual(['from a stranger'])
    await publish(broker, 'odd.[a-z]%2B.%2A.x', '1')
    await publish(broker, 'odd.b.%2A.x', '2')
    const asked = ask(broker, 'sum', '3')
    const [question] = await scheme.take(1)
    await publish(broker, String(question?.subject).replace('request', 'response'), '4')
    expect(text(await asked)).toBe('4')
    expect((await odd.take(1)).map(text)).toEqual(['1'])
    await publish(broker, 'end')
    expect((await all.take(3)).map(text)).toEqual(['1', '2', ''])
  })

  it('is made again when somebody empties the database, or the scripts (B9)', async () => {
    const { broker, statuses } = await open({ url: url() }, terms)
    const inbox = await listen(broker, 'job', { group: 'g' })
    const plain = await listen(broker, 'job')
    await redis.flushall()
    await expect.poll(() => redis.exists('wildcast:queue:job g')).toBe(1)
    await redis.script('FLUSH')
    const jobs = numbers(100)
    await Promise.all(jobs.map((job) => publish(broker, 'job', job)))
    expect((await plain.take(100)).map(text)).toEqual(jobs)
    expect((await inbox.take(100)).map(text)).toEqual(jobs)
    expect(statuses).toEqual(['up'])
  })

  it('is made again when somebody removes it from its stream', async () => {
    const { broker, statuses } = await open({ url: url() }, terms)
    const inbox = await listen(broker, 'job', { group: 'g' })
    await redis.xgroup('DESTROY', 'wildcast:queue:job g', 'g')
    await publish(broker, 'job', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect(statuses).toEqual(['up'])
  })

  it('is forgotten with what it holds some time after its last member was there', async () => {
    const short = { ...terms, keepMs: 300 }
    const { broker } = await open({ url: url() }, short)
    for (const pattern of ['job', 'job.*']) await (await listen(broker, pattern, { group: 'g' })).undo()
    await publish(broker, 'job', 'kept for a while')
    expect(await redis.exists('wildcast:queue:job g', 'wildcast:queue:job.* g')).toBe(2)
    const other = await open({ url: url() }, terms)
    await listen(other.broker, 'other', { group: 'g' })
    await expect.poll(() => redis.exists('wildcast:queue:job g', 'wildcast:queue:job.* g')).toBe(0)
    // By a publish, or by those who stay in other groups.
    await publish(broker, 'job.x')
    await expect.poll(() => redis.hkeys('wildcast:groups')).toEqual(['other'])
  })

  it('passes over what somebody else has written into its stream', async () => {
    const { broker, dropped } = await open({ url: url() })
    const inbox = await listen(broker, 'job', { group: 'g' })
    const stream = 'wildcast:queue:job g'
    await redis.xadd(stream, '*', 'foo', 'bar')
    await redis.xadd(stream, '*', 'subject', 'job\n', 'payload', 'x')
    await redis.xadd(stream, '*', 'subject', Buffer.of(0xff), 'payload', 'x')
    await publish(broker, 'job', 'ours')
    expect((await inbox.take(1)).map(text)).toEqual(['ours'])
    expect(dropped).toEqual(['foreign_message', 'foreign_message', 'foreign_message'])
    await expect.poll(() => redis.xlen(stream)).toBe(0)
  })

  it('reaches nobody where its memory is full, and the publisher is told (B9)', async () => {
    const { broker } = await open({ url: url() })
    const inboxes = [await listen(broker, 'job'), await listen(broker, 'job', { group: 'g' })]
    await redis.config('SET', 'maxmemory', '1')
    onTestFinished(() => void redis.config('SET', 'maxmemory', '0'))
    await expect(publish(broker, 'job', 'lost')).rejects.toMatchObject({ code: 'internal', message: /maxmemory/ })
    await publish(broker, 'no.group', 'goes on')
    await redis.config('SET', 'maxmemory', '0')
    await publish(broker, 'job', 'here')
    for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['here'])
  })
})
