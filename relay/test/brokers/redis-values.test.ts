import { beforeAll } from 'vitest'
import { storeContract } from '../../src/stores/store.contract.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { emptied, redisStore } from './redis-store.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] })
  return server.stop
})

storeContract('Redis', {
  shared: true,
  leased: true,
  durable: true,
  async open(limits) {
    await emptied(server)
    return redisStore(server, limits && { store: limits })
  },
})
