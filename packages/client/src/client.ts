import { lightJsonCodec } from '@wildcast/protocol/client'
import { toReportError } from './app/report-error.js'
import type { Status } from './connection/status.js'
import { onPageLife } from './connection/wake.js'
import { openEngine } from './engine.js'
import type { ClientOptions } from './options.js'
import type { ConnectionView, Reach } from './part.js'
import type { Scope } from './scope.js'
import { platformClock } from './time/clock.js'
import { toWebSocketUrl } from './transports/address.js'
import { openTransportMemory, type TransportMemory } from './transports/fallback/transport-memory.js'
import { websocketFirst } from './transports/fallback/websocket-first.js'
import type { OpenTransport } from './transports/transport.js'
import { openVerbs } from './verbs.js'

/** A connection to a relay, kept up by itself, and everything that can be done over it. */
export interface Client extends Scope, ConnectionView {
  /** The same verbs on another broker of the relay, over the same connection. */
  broker(name: string): Scope
  /**
   * Hands an error to `onError`, with the stage `handler`. For layers that call the application, as
   * the hooks for React do: what a callback of theirs throws is reported as what a callback of the
   * client throws.
   */
  report(cause: unknown): void
  /**
   * Tries now, not after the wait; also after the relay's final refusal. Does nothing while
   * connecting or online.
   */
  reconnect(): void
  /** Ends everything: what is pending, and every later call, fails with `interrupted`. */
  close(): void
}

/**
 * Connects to a relay, and again after every loss. A page or worker connects at once; elsewhere the
 * first call does, or `reconnect()`, unless a `transport` or `WebSocket` is given: so server
 * rendering opens no socket.
 * @throws {TypeError} if `url` can't be the URL of a relay, or is a path that is given with a
 * `WebSocket` where there is no page
 * @throws {RangeError} if `queue` is NaN or negative
 * @example
 * const client = createClient({ url: '/ws' })
 * client.subscribe('good.*', (message) => console.log(message.subject, message.data))
 * await client.publish('good.apple', { price: 3 })
 */
export function createClient(options: ClientOptions): Client {
  const { url, transport, WebSocket, codec = lightJsonCodec, clock = platformClock, use = [] } = options
  const address = (): string | undefined => toWebSocketUrl(url)
  const mayConnect = (): boolean => Boolean((address() && (WebSocket ?? globalThis.WebSocket)) || transport)
  const here = mayConnect() // also checks the URL
  if (!here && WebSocket) toWebSocketUrl(url, 'no page') // throws
  const memory = openTransportMemory(address, clock)
  const listeners = new Set<(status: Status) => void>()
  const fault = toReportError(options.onError)
  const reach: Reach = { load: () => transport ?? loadTransport(options, memory) }
  const engine = openEngine({
    ...options,
    codec,
    clock,
    fault,
    mayConnect,
    loadTransport: () => reach.load(),
    onStatus(status) {
      for (const tell of listeners) tell(status)
    },
  })
  const { link, call, report, close } = engine
  const stopWatching = onPageLife({
    wake(event) {
      if (event === 'online' || event === 'change') memory.remember(false) // another network, perhaps
      link.wake()
    },
    suspend: () => link.suspend(),
  })
  const client: Client = {
    ...openVerbs(engine, options.broker),
    broker: (name) => openVerbs(engine, name),
    get status() {
      return link.status
    },
    get welcome() {
      return link.welcome
    },
    onStatus(listener) {
      const tell = (status: Status): void => call(listener, status) // so that the same function may be given twice
      listeners.add(tell)
      return () => listeners.delete(tell)
    },
    report,
    reconnect() {
      if (mayConnect()) link.connect()
    },
    close() {
      stopWatching()
      close()
      listeners.clear()
    },
  }
  const ports = { url, clock, connection: client, fault, reach, wake: () => link.wake() }
  for (const part of use) engine.publish = part({ ...ports, publish: engine.publish })
  if (here && (transport || WebSocket || globalThis.location)) link.connect()
  return client
}

function loadTransport({ dialect }: ClientOptions, memory: TransportMemory): OpenTransport | Promise<OpenTransport> {
  if (dialect === 'classic') return import('./lazy.js').then(({ classic }) => classic)
  return websocketFirst({
    memory,
    loadFallback: (first) => import('./lazy.js').then(({ fallback }) => fallback(memory, first)),
  })
}
