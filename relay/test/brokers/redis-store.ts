import { Redis as Ioredis } from 'ioredis'
import { onTestFinished } from 'vitest'
import type { RedisSettings } from '../../src/brokers/settings.js'
import type { Broker } from '../../src/core/broker.js'
import type { OpenedStore } from '../../src/testing/store-under-test.js'
import type { Redis } from '../servers/redis.js'
import { open } from './redis-link.js'

/** Moves the times that relays have written back, as if time had passed. ARGV: milliseconds. */
const passScript = `
for _, name in ipairs({ 'expiry', 'leases' }) do
  local key = 'wildcast:values:' .. name
  for _, member in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    redis.call('ZINCRBY', key, -ARGV[1], member)
    local record = name == 'expiry' and redis.call('HGET', 'wildcast:values', member)
    if record then
      local expires = string.format('%013.0f', string.sub(record, 21, 33) - ARGV[1])
      redis.call('HSET', 'wildcast:values', member, string.sub(record, 1, 20) .. expires .. string.sub(record, 34))
    end
  end
end
for _, key in ipairs(redis.call('ZRANGE', 'wildcast:values:key-times', 0, -1)) do
  redis.call('ZINCRBY', 'wildcast:values:key-times', -ARGV[1], key)
  local record = redis.call('HGET', 'wildcast:values:keys', key)
  local time = string.format('%013.0f', string.sub(record, 1, 13) - ARGV[1])
  redis.call('HSET', 'wildcast:values:keys', key, time .. string.sub(record, 14))
end
`

/** The same for kept messages, whose logs it replaces. ARGV: milliseconds. */
const passHistoryScript = `
for _, subject in ipairs(redis.call('ZRANGE', 'wildcast:history:names', 0, -1)) do
  local log = 'wildcast:history:log:' .. subject
  local messages = redis.call('XRANGE', log, '-', '+')
  redis.call('DEL', log)
  for _, message in ipairs(messages) do
    local about = message[2][2]
    local time = string.format('%013.0f', string.sub(about, 21, 33) - ARGV[1])
    message[2][2] = string.sub(about, 1, 20) .. time .. string.sub(about, 34)
    redis.call('XADD', log, message[1], unpack(message[2]))
  end
end
for _, subject in ipairs(redis.call('ZRANGE', 'wildcast:history:due', 0, -1)) do
  redis.call('ZINCRBY', 'wildcast:history:due', -ARGV[1], subject)
end
`

/** The store of a Redis, for one test. */
export function redisStore(server: Redis, settings: Partial<RedisSettings> = {}): OpenedStore {
  const relay = async (): Promise<Broker> => (await open({ url: server.url, ...settings })).broker
  return {
    relay,
    async pass(ms) {
      const client = new Ioredis(server.url)
      const passed = [passScript, passHistoryScript].map((script) => client.eval(script, 0, ms))
      await Promise.all(passed).finally(() => client.disconnect())
    },
    async restart() {
      await server.kill()
      await server.restart()
    },
  }
}

/** Removes all that is stored, and then all that a test stores. */
export async function emptied(server: Redis): Promise<void> {
  const client = new Ioredis(server.url)
  onTestFinished(() => client.disconnect())
  await client.flushall()
}
