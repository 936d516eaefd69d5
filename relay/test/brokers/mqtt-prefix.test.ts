import { beforeAll, onTestFinished } from 'vitest'
import { brokerContract } from '../../src/brokers/broker.contract.js'
import { mqtt } from '../../src/brokers/mqtt.js'
import { newId, realClock } from '../../src/index.js'
import { storeContract } from '../../src/stores/store.contract.js'
import type { Outside } from '../../src/testing/broker-under-test.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { outside } from './mqtt-link.js'

let server: Mosquitto
beforeAll(async () => {
  server = await startMosquitto()
  return server.kill
})

const prefix = 'shop.eu'
const { publish, listen, ...killing } = outside(() => server)

/** Another program on the server: it writes the prefix itself. */
const behind: Outside = {
  ...killing,
  publish: (subject, payload) => publish(`${prefix}.${subject}`, payload),
  listen: (subject) => listen(`${prefix}.${subject}`),
}

const under = { mostSegments: 194, mostBytes: 1024 - prefix.length - 1, outside: behind }

brokerContract('MQTT 5 behind a prefix', {
  ...under,
  gathersHeaders: true,
  open: (clock = realClock) => mqtt({ address: server.url, prefix }, { clock, newId }),
})

brokerContract('MQTT 3.1.1 behind a prefix', {
  ...under,
  knowsServers: false,
  open: (clock = realClock) => mqtt({ address: server.url, prefix, version: '3.1.1' }, { clock, newId }),
})

storeContract('MQTT 5 behind a prefix', {
  shared: true,
  lacks: ['revisions', 'users', 'ttl', 'limits', 'reserved subjects'],
  async open() {
    const own = await startMosquitto()
    onTestFinished(() => own.kill())
    return {
      async relay() {
        const open = mqtt({ address: own.url, prefix }, { clock: realClock, newId })
        const broker = await open({ status: () => {}, dropped: () => {} })
        onTestFinished(() => broker.close())
        return broker
      },
      pass: async () => {},
    }
  },
})
