import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import { realClock } from '../core/clock.js'
import { createRelay, type Relay, type RelayOptions } from '../core/relay.js'
import type { Gateway } from '../gateways/gateway.js'
import { type InProcess, inProcess } from './connect.js'
import { handshakes } from './handshakes.js'
import { closeGraceMs } from './http-server.js'
import { inTurn } from './in-turn.js'
import { newId } from './new-id.js'
import { openRoutes } from './open-routes.js'
import { originForm } from './origin-form.js'
import { requestListener } from './request-listener.js'

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
  const relay = await createRelay({ ...rest, newId })
  const routes = openRoutes(relay)
  const local = inProcess(relay)
  const closing = new AbortController()
  const stays: Promise<void>[] = []
  const stayFor = (work: Promise<void>): void => void stays.push(work)
  const pathOf = (path: string): string | undefined =>
    path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined
  const { onUpgrade, destroy, stop } = handshakes(server, { pathOf, slice: relay.slice })
  for (const gateway of gateways) gateway({ routes, onUpgrade, closing: closing.signal, stayFor }, relay)

  let closed = false
  const own = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[]
  const listener = inTurn(requestListener(routes), relay.slice)
  function answer(request: IncomingMessage, response: ServerResponse): void {
    const inside = closed ? undefined : pathOf(originForm(request.url ?? ''))
    if (inside === undefined) {
      for (const listen of own) listen.call(server, request, response)
      return
    }
    request.url = inside
    listener(request, response)
  }
  server.removeAllListeners('request')
  server.on('request', answer)

  return {
    relay,
    connect: local.connect,
    async close() {
      closed = true // the listener stays: one that was attached later may call it
      stop()
      closing.abort()
      await Promise.all([...stays, local.close()])
      realClock.after(closeGraceMs, destroy) // sockets that clients have not closed
      await relay.close()
    },
  }
}
