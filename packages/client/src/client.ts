import { jsonCodec, type WelcomeFrame } from '@wildcast/protocol'
import { realClock, type Undo } from './clock.js'
import type { Status } from './connection.js'
import { openCore } from './core.js'
import type { ClientOptions, OnError } from './options.js'
import type { Scope } from './scope.js'
import { canConnect, inBrowser, websocket } from './transports/websocket.js'
import { openVerbs } from './verbs.js'
import { onWake } from './wake.js'

/** A connection to a relay, kept up by itself, and everything that can be done over it. */
export interface Client extends Scope {
  /** The same verbs on another broker of the relay, over the same connection. */
  broker(name: string): Scope
  /** A new object at each change, the same in between. */
  readonly status: Status
  /** Calls back at each change of `status`. Returns the undo. */
  onStatus(listener: (status: Status) => void): Undo
  /** What the relay said of itself when it was last reached: brokers, limits, clock. */
  readonly welcome: WelcomeFrame | undefined
  /** Tries now, not after the wait; also after the relay's final refusal. Does nothing while connecting or online. */
  reconnect(): void
  /** Ends everything: what is pending, and every later call, fails with `interrupted`. */
  close(): void
}

/**
 * Connects to a relay, and again after every loss. A page or worker connects at once; elsewhere the first call does, or `reconnect()`, unless a `transport` or
 * `WebSocket` is given: so server rendering opens no socket.
 * @throws {TypeError} where `url` is none
 * @example
 * const client = createClient({ url: '/ws' })
 * client.subscribe('good.*', (message) => console.log(message.subject, message.data))
 * await client.publish('good.apple', { price: 3 })
 */
export function createClient(options: ClientOptions): Client {
  const { url, codec = jsonCodec, clock = realClock, onError = report, queue = 1000, token, transport } = options
  const canOpen = (): boolean => canConnect(url, options.WebSocket) || transport !== undefined
  const mayOpen = canOpen() // also checks the URL
  const listeners = new Set<(status: Status) => void>()
  const core = openCore({
    url,
    codec,
    clock,
    onError,
    queue,
    token,
    WebSocket: options.WebSocket,
    canConnect: canOpen,
    loadTransport: () => transport ?? (options.dialect === 'classic' ? loadClassic() : websocket),
    onStatus: (status) => {
      for (const listener of listeners) core.call(listener, status)
    },
  })
  const { link } = core
  const stopWaking = onWake(link.wake)
  if (mayOpen && (transport || options.WebSocket || inBrowser())) link.connect()

  return {
    ...openVerbs(core, options.broker),
    broker: (name) => openVerbs(core, name),
    get status() {
      return link.status
    },
    get welcome() {
      return link.welcome
    },
    onStatus(listener) {
      const once = (status: Status): void => listener(status) // so that the same function may be given twice
      listeners.add(once)
      return () => listeners.delete(once)
    },
    reconnect() {
      if (canOpen()) link.connect()
    },
    close() {
      stopWaking()
      link.close()
      listeners.clear()
    },
  }
}

async function loadClassic(): Promise<typeof websocket> {
  return (await import('./transports/classic.js')).classic
}

const report: OnError = (error, { stage }) => console.error(`wildcast: ${stage}:`, error)
