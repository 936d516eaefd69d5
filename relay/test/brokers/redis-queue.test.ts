import { describe, expect, it, onTestFinished } from 'vitest'
import type { Settle } from '../../src/core/broker.js'
import { type Clock, realClock } from '../../src/core/clock.js'
import { emptiedRedis } from '../servers/emptied-redis.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { redisCli } from '../servers/redis-cli.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { text } from './link.js'
import { consume, listen, open, publish, request } from './redis-link.js'

// Groups are consumer groups of streams. One script adds each publish to them.

/** Short enough for a test to wait for. */
const leaseTimes = { leaseMs: 500, renewEveryMs: 100, keepMs: 60_000 }

const own = emptiedRedis()

const url = (): string => own.server.url
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)
const sorted = (texts: readonly string[]): string[] => [...texts].sort((a, b) => Number(a) - Number(b))

/** A consumer that settles its messages only when the test does. */
async function holder(link: Awaited<ReturnType<typeof open>>, pattern = 'job', group = 'g') {
  const held: { readonly text: string; readonly settle: Settle }[] = []
  const leave = await consume(link.broker, pattern, group, (message, settle) =>
    held.push({ text: text(message), settle }),
  )
  return { held, leave, texts: () => held.map((one) => one.text) }
}

async function throughProxy() {
  const proxy = endsWithTest(await openProxy(own.server.port))
  return { proxy, link: await open({ url: `redis://127.0.0.1:${proxy.port}` }, leaseTimes) }
}

describe('a group over two relays', () => {
  it('delivers each of 1000 messages once, and both get their share (SP-BRK-6)', async () => {
    const links = [await open({ url: url() }), await open({ url: url() })] as const
    const inboxes = await Promise.all(links.map(({ broker }) => listen(broker, 'job.*', { group: 'g' })))
    await Promise.all(numbers(1000).map((job, i) => publish(links[i % 2 === 0 ? 0 : 1].broker, `job.${i % 7}`, job)))
    await expect.poll(() => inboxes.flatMap(({ messages }) => messages).length).toBe(1000)
    expect(sorted(inboxes.flatMap(({ messages }) => messages).map(text))).toEqual(numbers(1000))
    for (const { messages } of inboxes) expect(messages.length).toBeGreaterThan(50)
    // Nothing is left that could be delivered again.
    await expect.poll(() => own.redis.xlen('wildcast:queue:job.* g')).toBe(0)
    expect(await own.redis.xpending('wildcast:queue:job.* g', 'g')).toEqual([0, null, null, null])
  })

  it('delivers each at least once if a relay dies with pending messages', async () => {
    const { proxy, link: dying } = await throughProxy()
    const living = await open({ url: url() }, leaseTimes)
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

  it('leaves a message to a consumer that is slow but alive', async () => {
    const [slow, quick] = [await open({ url: url() }, leaseTimes), await open({ url: url() }, leaseTimes)]
    const { held, texts } = await holder(slow)
    await publish(slow.broker, 'job', 'mine')
    await expect.poll(texts).toEqual(['mine'])
    const inbox = await listen(quick.broker, 'job', { group: 'g' })
    const members = 'wildcast:members:job g'
    const ends = async (): Promise<number[]> =>
      (await own.redis.zrange(members, 0, '-1', 'WITHSCORES')).map(Number).filter(Number.isFinite)
    const later = Math.max(...(await ends())) + leaseTimes.leaseMs
    await expect.poll(async () => Math.min(...(await ends()))).toBeGreaterThan(later)
    expect(inbox.messages).toEqual([])
    held[0]?.settle(true)
    await expect.poll(() => own.redis.xlen('wildcast:queue:job g')).toBe(0)
  })

  it('delivers more to others if a consumer is full', async () => {
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

  it('delivers the pending messages of a consumer that leaves to the others', async () => {
    const [leaving, staying] = [await open({ url: url() }), await open({ url: url() })]
    const { held, leave, texts } = await holder(leaving)
    for (const job of numbers(3)) await publish(leaving.broker, 'job', job)
    await expect.poll(texts).toEqual(numbers(3))
    const inbox = await listen(staying.broker, 'job', { group: 'g' })
    await leave()
    // The consumer waits until its messages are settled.
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
    await publish(publishing.broker, 'job.a', 'pending')
    await expect.poll(() => held.length).toBe(1)
    await first.broker.close()
    await publish(publishing.broker, 'job.b.c', 'meanwhile')
    const inbox = await listen((await open({ url: url() })).broker, 'job.**', { group: 'g' })
    expect((await inbox.take(2)).map(({ subject }) => subject).sort()).toEqual(['job.a', 'job.b.c'])
  })

  it('offers a refused message again, to the next member', async () => {
    const { broker } = await open({ url: url() })
    const refused: string[] = []
    await consume(broker, 'job', 'g', (message, settle) => {
      refused.push(text(message))
      settle(false)
    })
    await publish(broker, 'job', 'hard')
    await expect.poll(() => refused.length).toBeGreaterThan(1)
    const inbox = await listen(broker, 'job', { group: 'g' })
    expect((await inbox.take(1)).map(text)).toEqual(['hard'])
    await expect.poll(() => own.redis.xlen('wildcast:queue:job g')).toBe(0)
  })

  it('does not deliver again what was pending when its link was lost', async () => {
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
    await expect.poll(() => own.redis.xlen('wildcast:queue:job g')).toBe(0)
    expect(texts()).toEqual(numbers(4))
  })

  it('does not deliver again what is taken before it resumes over a new link', async () => {
    const delayed: (() => void)[] = []
    let delays = false
    const clock: Clock = {
      ...realClock,
      after(ms, run) {
        if (!delays || ms > 0) return realClock.after(ms, run)
        delayed.push(run)
        return () => {}
      },
    }
    const proxy = endsWithTest(await openProxy(own.server.port))
    const link = await open({ url: `redis://127.0.0.1:${proxy.port}` }, leaseTimes, clock)
    const { held, texts } = await holder(link)
    await publish(link.broker, 'job', '0')
    await expect.poll(texts).toEqual(['0'])
    delays = true
    proxy.cut()
    await expect.poll(() => link.statuses).toEqual(['up', 'down', 'up'])
    await expect.poll(() => delayed.length).toBe(1)
    held[0]?.settle(true)
    for (let i = 0; i < 100; i++) await own.redis.ping() // time for an acknowledgement
    delays = false
    for (const run of delayed) run()
    await publish(link.broker, 'job', '1')
    await expect.poll(texts).toEqual(['0', '1'])
    held[1]?.settle(true)
    await expect.poll(() => own.redis.xlen('wildcast:queue:job g')).toBe(0)
  })

  it('gets the messages of its pattern, from relays only', async () => {
    const { broker } = await open({ url: url() })
    const all = await listen(broker, '**', { group: 'all' })
    const odd = await listen(broker, 'odd.[a-z]+.%2A.*'.replace('+', '%2B'), { group: 'odd' })
    const scheme = await listen(broker, 'request.*.sum', { group: 'g' })
    const plain = await listen(broker, '**')
    await redisCli(url(), ['PUBLISH', 'job', 'foreign'])
    expect((await plain.take(1)).map(text)).toEqual(['foreign'])
    await publish(broker, 'odd.[a-z]%2B.%2A.x', '1')
    await publish(broker, 'odd.b.%2A.x', '2')
    const answer = request(broker, 'sum', '3')
    const [received] = await scheme.take(1)
    await publish(broker, String(received?.subject).replace('request', 'response'), '4')
    expect(text(await answer)).toBe('4')
    expect((await odd.take(1)).map(text)).toEqual(['1'])
    await publish(broker, 'end')
    expect((await all.take(3)).map(text)).toEqual(['1', '2', ''])
  })

  it('is created again after FLUSHALL and SCRIPT FLUSH (B9)', async () => {
    const { broker, statuses } = await open({ url: url() }, leaseTimes)
    const inbox = await listen(broker, 'job', { group: 'g' })
    const plain = await listen(broker, 'job')
    await own.redis.flushall()
    await expect.poll(() => own.redis.exists('wildcast:queue:job g')).toBe(1)
    await own.redis.script('FLUSH')
    const jobs = numbers(100)
    await Promise.all(jobs.map((job) => publish(broker, 'job', job)))
    expect((await plain.take(100)).map(text)).toEqual(jobs)
    expect((await inbox.take(100)).map(text)).toEqual(jobs)
    expect(statuses).toEqual(['up'])
  })

  it('is created again after XGROUP DESTROY', async () => {
    const { broker, statuses } = await open({ url: url() }, leaseTimes)
    const inbox = await listen(broker, 'job', { group: 'g' })
    await own.redis.xgroup('DESTROY', 'wildcast:queue:job g', 'g')
    await publish(broker, 'job', 'here')
    expect((await inbox.take(1)).map(text)).toEqual(['here'])
    expect(statuses).toEqual(['up'])
  })

  it('expires with its messages some time after its last consumer has left', async () => {
    const short = { ...leaseTimes, keepMs: 300 }
    const { broker } = await open({ url: url() }, short)
    for (const pattern of ['job', 'job.*']) await (await listen(broker, pattern, { group: 'g' })).undo()
    await publish(broker, 'job', 'kept for a while')
    expect(await own.redis.exists('wildcast:queue:job g', 'wildcast:queue:job.* g')).toBe(2)
    const other = await open({ url: url() }, leaseTimes)
    await listen(other.broker, 'other', { group: 'g' })
    await expect.poll(() => own.redis.exists('wildcast:queue:job g', 'wildcast:queue:job.* g')).toBe(0)
    // Cleared by a publish, or by the renewals of other groups.
    await publish(broker, 'job.x')
    await expect.poll(() => own.redis.hkeys('wildcast:groups')).toEqual(['other'])
  })

  it('skips entries that a foreign client has added to its stream', async () => {
    const { broker, dropped } = await open({ url: url() })
    const inbox = await listen(broker, 'job', { group: 'g' })
    const stream = 'wildcast:queue:job g'
    await own.redis.xadd(stream, '*', 'foo', 'bar')
    await own.redis.xadd(stream, '*', 'subject', 'job\n', 'payload', 'x')
    await own.redis.xadd(stream, '*', 'subject', Buffer.of(0xff), 'payload', 'x')
    await publish(broker, 'job', 'ours')
    expect((await inbox.take(1)).map(text)).toEqual(['ours'])
    expect(dropped).toEqual(['foreign_message', 'foreign_message', 'foreign_message'])
    await expect.poll(() => own.redis.xlen(stream)).toBe(0)
  })

  it('gets nothing if the memory of Redis is full, and the publish rejects (B9)', async () => {
    const { broker } = await open({ url: url() })
    const inboxes = [await listen(broker, 'job'), await listen(broker, 'job', { group: 'g' })]
    await own.redis.config('SET', 'maxmemory', '1')
    onTestFinished(() => void own.redis.config('SET', 'maxmemory', '0'))
    await expect(publish(broker, 'job', 'lost')).rejects.toMatchObject({ code: 'internal', message: /maxmemory/ })
    await publish(broker, 'no.group', 'accepted')
    await own.redis.config('SET', 'maxmemory', '0')
    await publish(broker, 'job', 'here')
    for (const inbox of inboxes) expect((await inbox.take(1)).map(text)).toEqual(['here'])
  })
})
