import { describe, expect, it } from 'vitest'
import { emptiedRedis } from '../servers/emptied-redis.js'
import { listen, open } from './redis-link.js'

const own = emptiedRedis()

const url = (): string => own.server.url
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`)

describe('a group', () => {
  it('is refused if there are too many', async () => {
    const { broker } = await open({ url: url() })
    const lines = numbers(1000).map((i) => `job.*.${i} g`)
    await own.redis.hset('wildcast:groups', '*', lines.join('\n'))
    for (const line of lines) void own.redis.xgroup('CREATE', `wildcast:queue:${line}`, 'g', '0', 'MKSTREAM')
    await own.redis.ping()
    await expect(listen(broker, 'job.*', { group: 'g' })).rejects.toMatchObject({ code: 'too_many_subscriptions' })
    await listen(broker, 'job.*.7', { group: 'g' })
    await own.redis.del(`wildcast:queue:${lines[8]}`)
    await listen(broker, 'job.*', { group: 'g' })
  })

  it('is refused if long patterns would keep Redis busy at each publish', async () => {
    const { broker } = await open({ url: url() })
    const lines = numbers(67).map((i) => `${'long.ago.'.repeat(107)}**.${i} g`)
    await own.redis.hset('wildcast:groups', '*', lines.join('\n'))
    for (const line of lines) void own.redis.xgroup('CREATE', `wildcast:queue:${line}`, 'g', '0', 'MKSTREAM')
    await own.redis.ping()
    const long = `**.${'far.away.'.repeat(107)}**`
    await expect(listen(broker, long, { group: 'g' })).rejects.toMatchObject({ code: 'too_many_subscriptions' })
    await listen(broker, 'job.*', { group: 'g' })
  })
})
