import { rmSync } from 'node:fs'
import { beforeEach, describe, expect, it } from 'vitest'
import { defaultLeaseTimes } from '../../src/brokers/redis/leases.js'
import type { Settle } from '../../src/core/broker.js'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { read, write } from '../../src/testing/store-under-test.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { redisCli } from '../servers/redis-cli.js'
import { text } from './link.js'
import { consume, listen, open, publish, serve } from './redis-link.js'

describe('a full disk (B12)', () => {
  let own: Redis
  const cli = (...words: string[]): Promise<string> => redisCli(own.url, words)
  beforeEach(async () => {
    own = await startRedis()
    return own.kill // `stop` would try to save
  })

  /** Makes Redis refuse writes, since it can't save. */
  async function breakDisk(): Promise<void> {
    const [, folder] = (await cli('CONFIG', 'GET', 'dir')).split('\n') as [string, string]
    rmSync(folder, { recursive: true })
    await cli('CONFIG', 'SET', 'save', '3600 1')
    await cli('BGSAVE')
    await expect.poll(() => cli('INFO', 'persistence')).toContain('rdb_last_bgsave_status:err')
  }

  const mendDisk = (): Promise<string> => cli('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no')

  it('rejects a publish into a group; other publishes and the link continue', async () => {
    const clock = fakeClock()
    const { broker, statuses } = await open({ url: own.url }, defaultLeaseTimes, clock)
    const [plain, other] = [await listen(broker, 'job'), await listen(broker, 'other')]
    const inbox = await listen(broker, 'job', { group: 'g' })
    await breakDisk()
    const refused = { code: 'internal', message: expect.stringContaining("can't save") }
    await expect(publish(broker, 'job', 'lost')).rejects.toMatchObject(refused)
    await expect(serve(broker, 'who', () => [])).rejects.toMatchObject(refused)
    await expect(write(broker, 'value', 'x')).rejects.toMatchObject({ ...refused, code: 'storage_full' })
    expect(await read(broker, 'value')).toBeUndefined()
    clock.advance(5000) // a ping
    await publish(broker, 'other', 'here')
    expect((await other.take(1)).map(text)).toEqual(['here'])
    await mendDisk()
    await publish(broker, 'job', 'here')
    for (const one of [plain, inbox]) expect((await one.take(1)).map(text)).toEqual(['here'])
    expect(statuses).toEqual(['up'])
  })

  it('delays acknowledgements and deliveries of a group, but loses none', async () => {
    const { broker } = await open({ url: own.url }, { leaseMs: 500, renewEveryMs: 100, keepMs: 60_000 })
    const jobs: string[] = []
    const settles: Settle[] = []
    await consume(broker, 'full', 'g', (message, settle) => {
      jobs.push(text(message))
      settles.push(settle)
    })
    // More than can be pending at a consumer.
    const sent = Array.from({ length: 1100 }, (_, i) => `${i}`)
    await Promise.all(sent.map((job) => publish(broker, 'full', job)))
    await expect.poll(() => jobs.length).toBe(1024)
    await breakDisk()
    for (const settle of settles) settle(true)
    await expect.poll(() => cli('INFO', 'errorstats')).toContain('errorstat_MISCONF')
    await mendDisk()
    await expect.poll(() => jobs).toEqual(sent)
    for (const settle of settles) settle(true)
    await expect.poll(() => cli('XLEN', 'wildcast:queue:full g')).toBe('0')
  })
})
