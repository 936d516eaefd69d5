import { parsePattern } from '@wildcast/protocol'
import { Redis as Ioredis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { newId, realClock, redis } from '../../src/index.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { type RedisSentinel, startRedisSentinel } from '../servers/redis-sentinel.js'
import { startRelay } from '../start-relay.js'
import { faultsOfHistory } from './check-history.js'
import type { HistoryRecord } from './history-record.js'
import { historyRules, runHistory } from './run-history.js'

const history = historyRules.map(({ subjects, messages }) => ({ subjects: parsePattern(subjects), messages }))

async function startOurs({ sentinel, name }: RedisSentinel): Promise<string> {
  const sentinels = [`127.0.0.1:${sentinel.port}`]
  const settings = { url: 'redis://unused.invalid', sentinels, sentinelName: name, history }
  const brokers = { main: redis(settings, { clock: realClock, newId }) }
  const { address } = await startRelay({ brokers, limits: { backlog: 20_000, resume: 20_000 } })
  return `ws://${address}`
}

/** Returns the position of the last message before the failover that the new master has. */
async function lastBeforeFailover({ replica }: RedisSentinel, term: string): Promise<string> {
  const client = new Ioredis(replica.url)
  onTestFinished(() => client.disconnect())
  const found = await client.zrevrangebylex('wildcast:history:index', `[${term}~`, `[${term}`, 'LIMIT', 0, 1)
  return found[0]?.split(' ')[0] ?? ''
}

const termOf = (position: string): string => position.slice(0, 10)

/**
 * The record as a failover may leave it: a message that the new master lacks may or may not have
 * been received, and readers are notified of it although nothing is forgotten.
 */
function overFailover({ publishes, readers }: HistoryRecord, last: string): HistoryRecord {
  return {
    publishes: publishes.map(({ position, to, ...publish }) => {
      if (position === undefined || to === undefined) return publish
      const isLost = termOf(position) === termOf(last) && position > last
      return isLost ? publish : { ...publish, position, to }
    }),
    readers: readers.map((reader) => ({ ...reader, unbounded: false })),
  }
}

it('a history on Redis gives each position once, or reports what may be missing, through a failover', async () => {
  const servers = endsWithTest(await startRedisSentinel())
  const urls = [await startOurs(servers), await startOurs(servers)]
  const record = await runHistory({
    ...{ urls, seed: 1, publishers: 4, messages: 400, joins: 40 },
    async disturb(part) {
      if (part !== 3) return
      await servers.master.kill()
      await servers.failover()
    },
  })
  const terms = new Set(record.publishes.flatMap(({ position }) => (position ? [termOf(position)] : [])))
  expect(terms.size).toBe(2)
  const [term = ''] = [...terms].sort()
  const last = await lastBeforeFailover(servers, term)
  expect(faultsOfHistory(overFailover(record, last))).toEqual([])
  const kept = record.publishes.filter(({ position }) => position !== undefined)
  expect(kept.some(({ position = '' }) => termOf(position) !== term)).toBe(true)
}, 240_000)
