import { expect, it } from 'vitest'
import { endsWithTest } from './ends-with-test.js'
import type { Redis } from './redis.js'
import { redisCli } from './redis-cli.js'
import { startRedisCluster } from './redis-cluster.js'

it('a Redis Cluster shares slots among its nodes, which can restart', async () => {
  const { nodes } = endsWithTest(await startRedisCluster())
  const [first, , last] = nodes as [Redis, Redis, Redis]
  // Foo has slot 12182, which the last node holds.
  await expect(redisCli(first.url, ['SET', 'foo', 'bar'])).rejects.toThrow(`MOVED 12182 127.0.0.1:${last.port}`)
  expect(await redisCli(first.url, ['SET', 'foo', 'bar'], { flags: ['-c'] })).toBe('OK')
  await last.kill()
  await last.restart()
  await last.says(/Cluster state changed: ok/)
  expect(await redisCli(first.url, ['GET', 'foo'], { flags: ['-c'] })).toBe('')
})
