import { afterAll, beforeAll } from 'vitest'
import { mqttGateways } from '../../../src/gateways/endpoints/mqtt.js'
import { memory, newId, realClock } from '../../../src/index.js'
import { serveAll } from '../../../src/node/serve.js'
import { freePort } from '../../servers/free-port.js'
import { startMosquitto } from '../../servers/mosquitto.js'
import { join, type RawClient } from './raw-client.js'
import type { ConnectOptions } from './wire.js'

/** With `WILDCAST_MQTT_SERVER=mosquitto` the suite runs against mosquitto: a check of the tests. */
export const onMosquitto = process.env.WILDCAST_MQTT_SERVER === 'mosquitto'

export interface ServerUnderTest {
  /** Of MQTT over TCP. */
  port: number
  /** `127.0.0.1:<port>` of MQTT over WebSocket. */
  address: string
  join(options?: ConnectOptions): Promise<RawClient>
}

/** The server for the tests of a file. */
export function serverUnderTest(): ServerUnderTest {
  const server: ServerUnderTest = { port: 0, address: '', join: (options) => join(server.port, options) }
  let close = async (): Promise<void> => {}
  beforeAll(async () => {
    const started = onMosquitto ? await mosquitto() : await relay()
    Object.assign(server, { port: started.port, address: started.address })
    close = started.close
  })
  afterAll(() => close())
  return server
}

interface Started {
  readonly port: number
  readonly address: string
  close(): Promise<void>
}

async function mosquitto(): Promise<Started> {
  const side = await freePort()
  const config = `max_topic_alias 10\nlistener ${side} 127.0.0.1\nprotocol websockets\nallow_anonymous true`
  const server = await startMosquitto({ config })
  return { port: server.port, address: `127.0.0.1:${side}`, close: () => server.stop() }
}

async function relay(): Promise<Started> {
  const host = '127.0.0.1'
  const doors = mqttGateways({ version: '1.2.3' })
  const settings = { scope: 'all' }
  const serving = await serveAll({
    brokers: { test: memory({ clock: realClock, newId }) },
    endpoints: [
      { gateways: [], sockets: doors.tcp(settings), port: 0, host },
      { gateways: [doors.webSocket(settings)], port: 0, host },
    ],
    onError: () => {},
  })
  const [port = 0, http = 0] = serving.ports
  return { port, address: `${host}:${http}`, close: () => serving.close() }
}
