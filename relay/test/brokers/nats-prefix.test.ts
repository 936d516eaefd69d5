import { parseSubject } from '@wildcast/protocol'
import { beforeAll } from 'vitest'
import { brokerContract } from '../../src/brokers/broker.contract.js'
import { nats } from '../../src/brokers/nats.js'
import { newId, realClock } from '../../src/index.js'
import { historyContract } from '../../src/stores/history.contract.js'
import { storeContract } from '../../src/stores/store.contract.js'
import { Inbox } from '../../src/testing/inbox.js'
import { type Nats, startNats } from '../servers/nats.js'
import { stranger } from './nats-link.js'
import { emptied, natsStore } from './nats-store.js'

let server: Nats
beforeAll(async () => {
  // Values of 1 MiB need some bytes more for their headers.
  server = await startNats({ jetstream: true, maxPayload: 2 * 1024 * 1024 })
  return server.stop
})

const prefix = 'shop.eu'
const under = { mostSegments: 254, mostBytes: 1024 - prefix.length - 1 }

brokerContract('nats behind a prefix', {
  ...under,
  open: (clock = realClock) => nats({ addresses: [server.url], prefix }, { clock, newId }),
  outside: {
    async publish(subject, payload) {
      const client = await stranger(server)
      client.publish(`${prefix}.${subject}`, payload)
      await client.flush()
    },
    async listen(subject) {
      const client = await stranger(server)
      const inbox = new Inbox()
      client.subscribe(`${prefix}.${subject}`, {
        callback: (_, { subject: name, data }) => inbox.put({ subject: parseSubject(name), payload: data }),
      })
      await client.flush()
      return inbox
    },
    kill: () => server.kill(),
    restart: () => server.restart(),
  },
})

storeContract('NATS behind a prefix', {
  shared: true,
  leased: true,
  durable: true,
  lacks: ['ttl', 'exact keys'],
  async open(limits) {
    await emptied(server)
    return natsStore(server, { prefix, ...(limits && { store: limits }) })
  },
})

historyContract('NATS behind a prefix', {
  shared: true,
  durable: true,
  byRule: true,
  lacks: ['exact keys'],
  async open(_, history) {
    await emptied(server)
    return natsStore(server, { prefix, ...(history && { history }) })
  },
})
