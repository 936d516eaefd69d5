import { expect, it } from 'vitest'
import type { Broker } from '../../src/core/broker.js'
import { endsWithTest } from '../servers/ends-with-test.js'
import { startRedis } from '../servers/redis.js'
import { kills, longestKillsMs, survivesKills } from './kills.js'
import { open } from './redis-link.js'

it(`a Redis with an append-only file loses no acknowledged write when it is killed ${kills} times`, {
  timeout: longestKillsMs,
}, async () => {
  const own = endsWithTest(await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] }))
  const relay = async (): Promise<Broker> => (await open({ url: own.url, publishTimeoutMs: 60_000 })).broker
  const changes = await survivesKills(own, [await relay(), await relay()])
  const seen = changes.map(([, revision]) => revision)
  expect(seen).toEqual([...new Set(seen)].sort())
})
