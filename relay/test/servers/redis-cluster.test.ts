import { expect, it } from 'vitest'
import { endsWithTest } from './ends-with-test.js'
import type { Redis } from './redis.js'
import { redisCli } from './redis-cli.js'
import { startRedisCluster } from './redis-cluster.js'

it('a Redis Cluster shares slots among its nodes, which come back', async () => {
  const { nodes } = endsWithTest(await startRedisCluster())
  const [first, , last] = nodes as [Redis, Redis, Redis]
  // The slot of foo is 12182, the last node's.
  await expect(redisCli(first.url, ['SET', 'foo', 'bar'])).rejects.toThrow(`MOVED 12182 127.0.0.1:${last.port}`)
  expect(await redisCli(first.url, ['SET', 'foo', 'bar'], { flags: ['-c'] })).toBe('OK')
  await last.kill()
  await last.restart()
  await last.says(/Cluster state changed: ok/)
  expect(await redisCli(first.url, ['GET', 'foo'], { flags: ['-c'] })).toBe('')
})
