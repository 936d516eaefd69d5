import type { Contract } from '@wildcast/contract'
import { lightJsonCodec } from '@wildcast/protocol/client'
import { openAppListeners } from './app/app-listeners.js'
import { toReportError } from './app/report-error.js'
import type { ClientCore } from './client-core.js'
import type { Status } from './connection/status.js'
import { openTokens } from './connection/token-source.js'
import { onPageLife } from './connection/wake.js'
import type { ContractClient } from './contract/contract-client.js'
import { openGuarded } from './contract/open-guarded.js'
import { openEngine } from './engine.js'
import type { ClientOptions } from './options.js'
import type { Reach } from './part.js'
import type { Scope } from './scope.js'
import { platformClock } from './time/clock.js'
import { toWebSocketUrl } from './transports/address.js'
import { openTransportMemory, type TransportMemory } from './transports/fallback/transport-memory.js'
import { websocketFirst } from './transports/fallback/websocket-first.js'
import type { OpenTransport } from './transports/transport.js'

/** A client of a relay. It connects, and reconnects after every loss. */
export interface Client extends Scope, ClientCore {
  /** Returns the same methods for another broker of the relay, over the same connection. */
  broker(name: string): Scope
}

/** Creates a client with the types of a contract, which it applies. */
export function createClient<const Api extends Contract>(
  options: ClientOptions & { readonly contract: Api },
): ContractClient<Api>
/**
 * Creates a client, which connects to a relay and reconnects after every loss. A page or worker
 * connects at once. Elsewhere the first call or `reconnect()` connects, so that server rendering
 * opens no socket, unless a `transport` or `WebSocket` is given.
 * @throws {TypeError} if `url` isn't the URL of a relay, or is a path given with a `WebSocket`
 * outside a page
 * @throws {RangeError} if `queue` is NaN or negative
 * @example
 * const client = createClient({ url: '/ws' })
 * client.subscribe('good.*', (message) => console.log(message.subject, message.data))
 * await client.publish('good.apple', { price: 3 })
 */
export function createClient(options: ClientOptions): Client
export function createClient(options: ClientOptions): ClientCore {
  const { url, transport, WebSocket, codec = lightJsonCodec, clock = platformClock, use = [] } = options
  const address = (): string | undefined => toWebSocketUrl(url)
  const mayConnect = (): boolean => Boolean((address() && (WebSocket ?? globalThis.WebSocket)) || transport)
  const mayConnectHere = mayConnect() // also checks the URL
  if (!mayConnectHere && WebSocket) toWebSocketUrl(url, 'no page') // throws
  const memory = openTransportMemory(address, clock)
  const statuses = openAppListeners<Status>(() => call)
  const access = openAppListeners<void>(() => call)
  const fault = toReportError(options.onError)
  const tokens = openTokens(options.token, clock)
  const reach: Reach = { load: () => transport ?? loadTransport(options, memory) }
  const engine = openEngine({
    ...options,
    codec,
    clock,
    fault,
    tokens,
    mayConnect,
    loadTransport: () => reach.load(),
    onStatus: statuses.notify,
    onAccess: access.notify,
  })
  const { link, call, report, close } = engine
  const open = openGuarded(engine, options, fault)
  const stopWatching = onPageLife({
    wake(event) {
      if (event === 'online' || event === 'change') memory.remember(false) // may be another network
      link.wake()
    },
    suspend: () => link.suspend(),
  })
  const client: Client = {
    ...open(),
    broker: open,
    get status() {
      return link.status
    },
    get welcome() {
      return link.welcome
    },
    onStatus: statuses.add,
    onAccess: access.add,
    report,
    reconnect() {
      if (mayConnect()) link.connect()
    },
    close() {
      stopWatching()
      close()
      statuses.clear()
      access.clear()
    },
  }
  const ports = { url, clock, connection: client, fault, reach, tokens, wake: () => link.wake() }
  for (const part of use) engine.publish = part({ ...ports, publish: engine.publish })
  if (mayConnectHere && (transport || WebSocket || globalThis.location)) link.connect()
  return client
}

function loadTransport({ dialect }: ClientOptions, memory: TransportMemory): OpenTransport | Promise<OpenTransport> {
  if (dialect === 'classic') return import('./lazy.js').then(({ classic }) => classic)
  return websocketFirst({
    memory,
    loadFallback: (first) => import('./lazy.js').then(({ fallback }) => fallback(memory, first)),
  })
}
