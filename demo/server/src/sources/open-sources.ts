import { createClient } from '@wildcast/client'
import { WebSocket } from 'ws'
import type { Control } from '../faults/control.js'
import { serveLoad } from './load.js'
import { openOrders } from './orders.js'
import { openPrices } from './prices.js'
import { runSources } from './run-sources.js'
import { openSensors } from './sensors.js'

export interface SourcesOptions {
  /** The URL of the relay. */
  readonly url: string
  /** The control of the fault panel. @default the demo has no control */
  readonly control?: Control | undefined
}

/** Connects to a relay as any program can, and publishes until the process ends. */
export function openSources({ url, control }: SourcesOptions): void {
  const client = createClient({ url, WebSocket })
  const prices = openPrices()
  runSources(client, [...openSensors(), ...prices, openOrders()])
  serveLoad(client, prices)
  if (control) client.serve('demo.control', () => control)
}
