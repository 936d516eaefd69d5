/** Runs beside the relay of the demo: simulated sources, as any program could be one. @module */

import { type Client, createClient } from '@wildcast/client'
import { WebSocket } from 'ws'
import { serveLoad } from './sources/load.js'
import { openOrders } from './sources/orders.js'
import { openPrices } from './sources/prices.js'
import { runSources } from './sources/run-sources.js'
import { openSensors } from './sources/sensors.js'

export interface DemoServerOptions {
  /** The URL of the relay. */
  readonly url: string
}

/** Opens everything that the demo has beside its relay. */
export function openDemoServer({ url }: DemoServerOptions): Client {
  const client = createClient({ url, WebSocket })
  const prices = openPrices()
  runSources(client, [...openSensors(), ...prices, openOrders()])
  serveLoad(client, prices)
  return client
}
