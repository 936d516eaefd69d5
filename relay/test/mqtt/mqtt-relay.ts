import type { Client, Message, SubscribeOptions } from '@wildcast/client'
import { onTestFinished } from 'vitest'
import type { MqttEndpointOptions } from '../../src/gateways/endpoints/mqtt.js'
import { mqttGateways } from '../../src/gateways/endpoints/mqtt.js'
import { health, http, memory, newId, realClock, streamEndpoint, websocket } from '../../src/index.js'
import { type ServeAllOptions, type ServingAll, serveAll } from '../../src/node/serve.js'

export interface MqttRelay extends ServingAll {
  /** The port of MQTT. */
  readonly port: number
  /** `127.0.0.1:<port>` of HTTP. */
  readonly address: string
  readonly errors: string[]
}

/** Opens a relay with MQTT on a port of its own and on `/mqtt`. It closes when the test is done. */
export async function mqttRelay(
  options: Partial<ServeAllOptions> & { readonly mqtt?: Partial<MqttEndpointOptions>; readonly front?: object } = {},
): Promise<MqttRelay> {
  const { mqtt, front, ...relay } = options
  const errors: string[] = []
  const doors = mqttGateways({ version: '1.2.3' })
  const settings = { scope: 'all', ...mqtt }
  const host = '127.0.0.1'
  const serving = await serveAll({
    brokers: { test: memory({ clock: options.clock ?? realClock, newId }) },
    endpoints: [
      { gateways: [], sockets: doors.tcp(settings), port: 0, host, ...front },
      {
        gateways: [http, health, streamEndpoint, websocket({ mode: 'json' }), doors.webSocket(settings)],
        port: 0,
        host,
      },
    ],
    onError: (error, at) => errors.push(JSON.stringify({ ...at, code: error.code, message: error.message })),
    ...relay,
  })
  onTestFinished(() => serving.close())
  const [port = 0, httpPort] = serving.ports
  return { ...serving, port, address: `${host}:${httpPort}`, errors }
}

/** Subscribes a page. Resolves when the relay has confirmed it. */
export function listening(
  client: Client,
  pattern: string,
  handler: (message: Message) => void,
  options: SubscribeOptions = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    client.subscribe(pattern, handler, { ...options, onStatus: (is) => is === 'ready' && resolve(), onError: reject })
  })
}
