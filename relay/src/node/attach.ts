import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Relay, RelayOptions } from '../core/relay.js'
import type { Gateway } from '../gateways/gateway.js'
import type { InProcess } from './connect.js'
import type { HostServer } from './guest.js'
import { serveAll } from './serve.js'

/** The options of `attach`: those of a relay, its gateways and its path. */
export interface AttachOptions extends Omit<RelayOptions, 'newId'> {
  /** The gateways, in the order in which they see a request. */
  readonly gateways: readonly Gateway[]
  /**
   * The prefix of all gateways' paths: `/wildcast/ws`. Other paths stay with the server.
   * @default '/wildcast'
   */
  readonly path?: string | undefined
}

/** A relay on a server of the application. */
export interface Attached extends Pick<InProcess, 'connect'> {
  readonly relay: Relay
  /**
   * Asks clients to reconnect later, closes what is open, then the brokers. The server keeps
   * running.
   */
  close(): Promise<void>
}

/**
 * Opens a relay on an existing HTTP or HTTPS server, such as that of an Express app. Call it after
 * the server has its own listeners.
 * @throws {RangeError} if the path is invalid
 * @throws {WildcastError} if a broker's settings are invalid
 * @example
 * const server = createServer(app)
 * const brokers = { main: memory({ clock: realClock, newId }) }
 * await attach(server, { brokers, gateways: [http, websocket()], onError: console.error })
 * server.listen(3000) // createClient({ url: '/wildcast/ws' })
 */
export async function attach(server: Server | SecureServer, options: AttachOptions): Promise<Attached> {
  const { gateways, path: prefix = '/wildcast', ...rest } = options
  if (!/^(?:\/[\w.~-]+)+$/.test(prefix)) throw new RangeError(`"${prefix}" is not a path; use one such as "/wildcast"`)
  const on: HostServer = { server, path: prefix, handle: (listener) => handleFirst(server, listener) }
  const { relay, connect, close } = await serveAll({ ...rest, endpoints: [], guests: [{ gateways, on }] })
  return { relay, connect, close }
}

/** Calls a listener before those that the server has. */
function handleFirst(server: Server | SecureServer, listener: Parameters<HostServer['handle']>[0]): void {
  const own = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
  server.removeAllListeners('request')
  // It stays after the relay: one that was attached later may call it.
  server.on('request', (request, response) => {
    if (!listener(request, response)) for (const listen of own) listen.call(server, request, response)
  })
}
