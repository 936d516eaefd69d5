import type { RelayView } from '../../core/relay.js'
import type { InMemoryClient, InMemoryConnection } from './in-memory-connection.js'

/** An event of a socket: each kind sets its own fields. */
export interface InMemorySocketEvent {
  /** Of `message`. */
  readonly data: string
  /** Of `close`. */
  readonly code: number
  readonly reason: string
}

/** The kinds of events of a socket. */
export type InMemorySocketEventType = 'open' | 'message' | 'error' | 'close'

type Listen = (event: InMemorySocketEvent) => void

/** Opens the relay's end of a connection. Throws if the relay refuses it. */
export type AcceptInMemory = (client: InMemoryClient) => InMemoryConnection

/** RFC 6455, 7.1.5: the client closes without a code; the connection could not be opened. */
const [noCode, refusedCode] = [1005, 1006]

/**
 * The client's end of a connection to a relay in the same process. It has the members of a
 * `WebSocket` that `@wildcast/client` uses.
 */
export class InMemorySocket implements InMemoryClient {
  binaryType = 'arraybuffer'
  readonly #listeners: Record<InMemorySocketEventType, Set<Listen>> = {
    open: new Set(),
    message: new Set(),
    error: new Set(),
    close: new Set(),
  }
  #connection: InMemoryConnection | undefined
  #state: 'opening' | 'open' | 'closing' | 'closed' = 'opening'

  /** Its first event comes after the constructor has returned. */
  constructor(accept: AcceptInMemory, { endOfTurn }: Pick<RelayView['clock'], 'endOfTurn'>) {
    endOfTurn(() => this.#open(accept))
  }

  addEventListener(type: InMemorySocketEventType, listener: Listen): void {
    this.#listeners[type].add(listener)
  }

  /** Binary data is copied: its sender may change it later. */
  send(data: string | Uint8Array): void {
    if (this.#state === 'open') this.#connection?.take(typeof data === 'string' ? data : data.slice())
  }

  close(code: number = noCode): void {
    if (this.#state === 'opening') this.#state = 'closing'
    else if (this.#state === 'open') {
      this.#state = 'closing'
      this.#connection?.closedByClient(code)
    }
  }

  /** Loses the connection, with all that has not arrived at either end. */
  cut(): void {
    if (this.#state === 'opening') this.#state = 'closing'
    else this.#connection?.cut()
  }

  /** Reads nothing until the undo is called: what the relay writes waits. */
  hold(): () => void {
    return this.#connection?.hold() ?? (() => {})
  }

  receive(message: string): void {
    if (this.#state === 'open') this.#emit('message', { data: message })
  }

  closed(code: number, reason: string): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#emit('close', { code, reason })
  }

  #open(accept: AcceptInMemory): void {
    if (this.#state !== 'opening') {
      this.closed(refusedCode, '')
      return
    }
    try {
      this.#connection = accept(this)
    } catch (cause) {
      this.closed(refusedCode, cause instanceof Error ? cause.message : '')
      return
    }
    this.#state = 'open'
    this.#emit('open', {})
  }

  #emit(type: InMemorySocketEventType, fields: Partial<InMemorySocketEvent>): void {
    const event = { data: '', code: 0, reason: '', ...fields }
    for (const listener of this.#listeners[type]) listener(event)
  }
}
