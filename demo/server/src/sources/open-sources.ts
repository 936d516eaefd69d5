import { createClient } from '@wildcast/client'
import { WebSocket } from 'ws'
import { openBot } from '../bot/bot.js'
import type { Control } from '../faults/control.js'
import { type LoginOptions, serveLogin } from '../login/serve-login.js'
import { signJwt } from '../login/token.js'
import { serveLoad } from './load.js'
import { openOrders } from './orders.js'
import { openPrices } from './prices.js'
import { runQuotes } from './quotes.js'
import { runSources } from './run-sources.js'
import { openSensors } from './sensors.js'

export interface SourcesOptions extends LoginOptions {
  /** The URL of the relay. */
  readonly url: string
  /** The control of the fault panel. @default the demo has no control */
  readonly control?: Control | undefined
}

/** Connects to a relay as any program can, and publishes until the process ends. */
export function openSources({ url, control, secret, admin }: SourcesOptions): void {
  const token = (): string => signJwt({ user: 'demo', role: 'demo', seconds: 3600, secret })
  const client = createClient({ url, WebSocket, token })
  serveLogin(client, { secret, admin })
  const prices = openPrices()
  runSources(client, [...openSensors(), ...prices, openOrders()])
  runQuotes(client)
  serveLoad(client, prices)
  openBot(client)
  if (control) client.serve('demo.control', () => control)
}
