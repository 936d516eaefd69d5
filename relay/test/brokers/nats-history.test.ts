import { beforeAll } from 'vitest'
import { historyContract } from '../../src/stores/history.contract.js'
import { type Nats, startNats } from '../servers/nats.js'
import { emptied, natsStore } from './nats-store.js'

let server: Nats

beforeAll(async () => {
  server = await startNats({ jetstream: true })
  return server.stop
})

historyContract('NATS', {
  shared: true,
  durable: true,
  byRule: true,
  lacks: ['exact keys'],
  async open(_, history) {
    await emptied(server)
    return natsStore(server, history && { history })
  },
})
