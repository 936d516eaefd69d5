import { beforeAll, onTestFinished } from 'vitest'
import { mqtt } from '../../src/brokers/mqtt.js'
import { newId, realClock } from '../../src/index.js'
import { storeContract } from '../../src/stores/store.contract.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'

let server: Mosquitto

beforeAll(async () => {
  server = await startMosquitto({ config: 'persistence true' })
  return server.kill
})

storeContract('MQTT 5', {
  shared: true,
  lacks: ['revisions', 'users', 'ttl', 'limits', 'reserved subjects'],
  async open() {
    const own = await startMosquitto()
    onTestFinished(() => own.kill())
    return {
      async relay() {
        const open = mqtt({ address: own.url }, { clock: realClock, newId })
        const broker = await open({ status: () => {}, dropped: () => {} })
        onTestFinished(() => broker.close())
        return broker
      },
      pass: async () => {},
    }
  },
})
