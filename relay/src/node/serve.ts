import { Hono } from 'hono'
import { createRelay, type Relay, type RelayOptions } from '../core/relay.js'
import type { Gateway } from '../gateways/gateway.js'
import { httpServer } from './http-server.js'
import { newId } from './new-id.js'

export interface ServeOptions extends Omit<RelayOptions, 'newId'> {
  /** The doors, in the order in which they look at a request. */
  readonly gateways: readonly Gateway[]
  /** 0 takes any free one. */
  readonly port: number
  /** @default every address of the machine */
  readonly host?: string | undefined
}

export interface Serving {
  readonly relay: Relay
  /** The port that is listened on. */
  readonly port: number
  /** Tells clients to come back later, closes what is open, then the brokers. */
  close(): Promise<void>
}

/** Opens a relay with its doors on one port. */
export async function serve({ gateways, port, host, ...options }: ServeOptions): Promise<Serving> {
  const relay = await createRelay({ ...options, newId })
  const routes = new Hono()
  const server = httpServer(routes)
  const closing = new AbortController()
  for (const gateway of gateways) gateway({ ...server.ports, closing: closing.signal }, relay)
  const listening = await server.listen(port, host).catch(async (cause) => {
    await relay.close()
    throw cause
  })
  return {
    relay,
    port: listening,
    async close() {
      const closed = server.close()
      closing.abort()
      await closed
      await relay.close()
    },
  }
}
