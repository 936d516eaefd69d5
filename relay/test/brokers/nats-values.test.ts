import { beforeAll } from 'vitest'
import { storeContract } from '../../src/stores/store.contract.js'
import { type Nats, startNats } from '../servers/nats.js'
import { emptied, natsStore } from './nats-store.js'

let server: Nats

beforeAll(async () => {
  // Values of 1 MiB need some bytes more for their headers.
  server = await startNats({ jetstream: true, maxPayload: 2 * 1024 * 1024 })
  return server.stop
})

storeContract('NATS', {
  shared: true,
  leased: true,
  durable: true,
  lacks: ['ttl', 'exact keys'],
  async open(limits) {
    await emptied(server)
    return natsStore(server, limits && { store: limits })
  },
})
