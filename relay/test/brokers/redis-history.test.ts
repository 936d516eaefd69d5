import { beforeAll } from 'vitest'
import { historyContract } from '../../src/stores/history.contract.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { emptied, redisStore } from './redis-store.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})

historyContract('Redis', {
  shared: true,
  async open(limits, history) {
    await emptied(server)
    return redisStore(server, { ...(limits && { store: limits }), ...(history && { history }) })
  },
})
