import type { Duplex } from 'node:stream'
import { factsOf, WildcastError } from '@wildcast/protocol'
import type { WebSocket } from 'ws'
import type { OnError, Settle } from '../../core/outlet.js'
import type { Line } from './dialect.js'
import type { Watched } from './heartbeat.js'

/** Bytes that may wait for a reader before it is cut off as a slow consumer. */
const backlogBytes = 8 * 1024 * 1024

/** RFC 6455, section 5.5: a control frame carries 125 bytes at most, 2 of which are the close code. */
const reasonBytes = 123

/** What a line tells. */
export interface LineEvents {
  /** One WebSocket message: a string for text, bytes for binary. */
  message(data: string | Uint8Array): void
  /** Nothing was heard or sent for a while. */
  quiet(): void
  closed(): void
}

/** A WebSocket, with its heartbeat and its bound. */
export class SocketLine implements Line, Watched {
  heard = true
  unfinished = 0
  sent = true
  readonly #ws: WebSocket
  readonly #socket: Duplex
  readonly #onError: OnError
  #events: LineEvents | undefined

  constructor(ws: WebSocket, socket: Duplex, onError: OnError) {
    this.#ws = ws
    this.#socket = socket
    this.#onError = onError
  }

  /** Begins to listen. */
  listen(events: LineEvents): void {
    this.#events = events
    // Before ws looks at the chunk: whatever it finishes begins the count anew.
    this.#socket.prependListener('data', (chunk: Buffer) => {
      this.unfinished += chunk.length
    })
    this.#ws.on('message', (data: Buffer, binary) => {
      this.#hear()
      // What follows the frame that closed the line is not acted on.
      if (this.#open) events.message(binary ? data : data.toString())
    })
    this.#ws.on('ping', (data) => {
      this.#hear()
      if (this.#open && !this.#slow) this.#ws.pong(data)
    })
    this.#ws.on('pong', () => this.#hear())
    // ws closes the line itself on a breach of RFC 6455 or of its limits; without a listener the process would end.
    this.#ws.on('error', (cause) => {
      this.#onError(new WildcastError('invalid_frame', cause.message, { cause }), { stage: 'socket' })
    })
    this.#ws.on('close', () => events.closed())
  }

  /**
   * Writes to the socket beneath ws, which would frame the same bytes anew for each reader. Without compression ws writes its own frames at once, so order is kept.
   */
  write(frames: Uint8Array, settle?: Settle): void {
    if (!this.#open || this.#slow) {
      settle?.(false)
      return
    }
    this.sent = true
    this.#socket.write(frames, settle && ((error) => settle(!error)))
  }

  ping(): void {
    if (this.#open) this.#ws.ping()
  }

  quiet(): void {
    this.#events?.quiet()
  }

  lost(why: string): void {
    this.end(new WildcastError('timeout', why))
  }

  end(error: WildcastError): void {
    if (this.#open) this.#ws.close(factsOf(error.code).close, reasonOf(error))
  }

  get #open(): boolean {
    return this.#ws.readyState === this.#ws.OPEN
  }

  /** Whether so much waits for the reader that it is cut off. */
  get #slow(): boolean {
    if (this.#socket.writableLength <= backlogBytes) return false
    const why = `more than ${backlogBytes} bytes wait for this reader; read faster, or subscribe to less`
    this.end(new WildcastError('slow_consumer', why))
    return true
  }

  #hear(): void {
    this.heard = true
    this.unfinished = 0
  }
}

function reasonOf(error: WildcastError): string {
  const reason = `${error.code}: ${error.message}`
  if (Buffer.byteLength(reason) <= reasonBytes) return reason
  // A cut through a character is dropped, so that the reason stays UTF-8.
  return Buffer.from(reason)
    .subarray(0, reasonBytes)
    .toString()
    .replace(/\ufffd+$/, '')
}
