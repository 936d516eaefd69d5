import { Redis as Ioredis } from 'ioredis'
import { beforeAll, beforeEach } from 'vitest'
import { type Redis, startRedis } from './redis.js'

/** A Redis of a test file. Both are there from `beforeAll` on. */
export interface EmptiedRedis {
  readonly server: Redis
  /** A connection that sees what the relay has written. */
  readonly redis: Ioredis
}

/** Starts a Redis for the tests of a file, and empties it before each. */
export function emptiedRedis(): EmptiedRedis {
  let own: EmptiedRedis | undefined
  const opened = (): EmptiedRedis => {
    if (own) return own
    throw new Error('the Redis of this file is used before its tests')
  }
  beforeAll(async () => {
    const server = await startRedis()
    const redis = new Ioredis(server.url)
    own = { server, redis }
    return async () => {
      redis.disconnect()
      await server.stop()
    }
  })
  beforeEach(async () => {
    await opened().redis.flushall()
  })
  return {
    get server() {
      return opened().server
    },
    get redis() {
      return opened().redis
    },
  }
}
