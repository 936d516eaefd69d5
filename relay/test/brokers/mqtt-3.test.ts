import { beforeAll } from 'vitest'
import { brokerContract } from '../../src/brokers/broker.contract.js'
import { mqtt } from '../../src/brokers/mqtt.js'
import { newId, realClock } from '../../src/index.js'
import { type Mosquitto, startMosquitto } from '../servers/mosquitto.js'
import { outside } from './mqtt-link.js'

let server: Mosquitto
beforeAll(async () => {
  server = await startMosquitto()
  return server.stop
})

brokerContract('MQTT 3.1.1', {
  open: () => mqtt({ address: server.url, version: '3.1.1' }, { clock: realClock, newId }),
  outside: outside(() => server),
  knowsServers: false,
})
