import { Redis as Ioredis } from 'ioredis'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Redis, startRedis } from '../servers/redis.js'
import { listen, open } from './redis-link.js'

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

describe('a group', () => {
  it('is refused if there are too many', async () => {
    const { broker } = await open({ url: url() })
    const lines = numbers(1000).map((i) => `job.*.${i} g`)
    await redis.hset('wildcast:groups', '*', lines.join('\n'))
    for (const line of lines) void redis.xgroup('CREATE', `wildcast:queue:${line}`, 'g', '0', 'MKSTREAM')
    await redis.ping()
    await expect(listen(broker, 'job.*', { group: 'g' })).rejects.toMatchObject({ code: 'too_many_subscriptions' })
    await listen(broker, 'job.*.7', { group: 'g' })
    await redis.del(`wildcast:queue:${lines[8]}`)
    await listen(broker, 'job.*', { group: 'g' })
  })

  it('is refused if long patterns would keep Redis busy at each publish', async () => {
    const { broker } = await open({ url: url() })
    const lines = numbers(67).map((i) => `${'long.ago.'.repeat(107)}**.${i} g`)
    await redis.hset('wildcast:groups', '*', lines.join('\n'))
    for (const line of lines) void redis.xgroup('CREATE', `wildcast:queue:${line}`, 'g', '0', 'MKSTREAM')
    await redis.ping()
    const long = `**.${'far.away.'.repeat(107)}**`
    await expect(listen(broker, long, { group: 'g' })).rejects.toMatchObject({ code: 'too_many_subscriptions' })
    await listen(broker, 'job.*', { group: 'g' })
  })
})
