import type { Duplex } from 'node:stream'
import { factsOf, WildcastError } from '@wildcast/protocol'
import type { WebSocket } from 'ws'
import type { Clock } from '../../core/clock.js'
import type { OnError, Settle } from '../../core/outlet.js'
import { waitingIn } from '../waiting-in.js'
import type { Dialect, Line } from './dialect.js'
import type { Watched } from './heartbeat.js'

/** RFC 6455, section 5.5: a control frame carries 125 bytes at most, 2 of which are the close code. */
const reasonBytes = 123

/** Node reads a socket in pieces of 64 KiB (TLS: of 16 KiB), and many in a row where they are there: a whole piece says that more waits. */
const wholePiece = 16 * 1024

export interface LineOptions {
  readonly ws: WebSocket
  /** The socket beneath it. */
  readonly socket: Duplex
  readonly clock: Clock
  readonly onError: OnError
}

/** A WebSocket with its heartbeat. */
export class SocketLine implements Line, Watched {
  #unfinished = 0
  sent = true
  readonly #options: LineOptions
  #dialect: Dialect | undefined
  #heard = true
  /** How many want that nothing is read. */
  #pauses = 0

  constructor(options: LineOptions) {
    this.#options = options
  }

  /** Who is not read from can't be heard. */
  get heard(): boolean {
    return this.#heard || this.#pauses > 0
  }

  set heard(heard: boolean) {
    this.#heard = heard
  }

  get unfinished(): number {
    return this.#pauses > 0 ? 0 : this.#unfinished
  }

  /** Begins to listen. `gone` hears that the line is no more. */
  speak(dialect: Dialect, gone: (line: SocketLine) => void): void {
    const { ws, socket, onError } = this.#options
    this.#dialect = dialect
    // Before ws looks at the chunk: whatever it finishes begins the count anew.
    socket.prependListener('data', (chunk: Buffer) => this.#take(chunk))
    ws.on('message', (data: Buffer, binary) => {
      this.#hear()
      // What follows the frame that closed the line is not acted on.
      if (this.#open) dialect.receive(binary ? data : data.toString())
    })
    ws.on('ping', (data) => {
      this.#hear()
      // Of many pings the latest may be answered alone (RFC 6455, 5.5.3), and who does not read would not see it anyway.
      if (this.#open && socket.writableLength < socket.writableHighWaterMark) ws.pong(data)
    })
    ws.on('pong', () => this.#hear())
    // ws closes the line itself on a breach of RFC 6455 or of its limits; without a listener the process would end.
    ws.on('error', (cause) => {
      onError(new WildcastError('invalid_frame', cause.message, { cause }), { stage: 'socket' })
    })
    ws.on('close', () => {
      gone(this)
      dialect.close()
    })
  }

  /** Writes to the socket beneath ws, which would frame the same bytes anew for each reader. What ws writes itself are control frames, at once, so that order is kept. */
  write(bytes: Uint8Array, done?: Settle): boolean {
    const { socket } = this.#options
    if (!this.#open) {
      done?.(false)
      return true
    }
    this.sent = true
    socket.write(bytes, done && ((error) => done(!error)))
    // What the kernel has taken at once does not count, however much it was.
    return socket.writableLength < socket.writableHighWaterMark
  }

  whenDrained(run: () => void): void {
    this.#options.socket.once('drain', run)
  }

  get waiting(): number {
    return waitingIn(this.#options.socket)
  }

  pause(): () => void {
    const { ws } = this.#options
    if (this.#pauses++ === 0) ws.pause()
    let over = false
    return () => {
      if (!over && --this.#pauses === 0) ws.resume()
      over = true
    }
  }

  ping(): void {
    if (this.#open) this.#options.ws.ping()
  }

  quiet(): void {
    this.#dialect?.ping()
  }

  goAway(windowMs: readonly [number, number]): void {
    this.#dialect?.goAway(windowMs)
  }

  lost(why: string): void {
    this.end(new WildcastError('timeout', why))
  }

  end(error: WildcastError): void {
    if (this.#open) this.#options.ws.close(factsOf(error.code).close, reasonOf(error))
  }

  get #open(): boolean {
    const { ws } = this.#options
    return ws.readyState === ws.OPEN
  }

  /** One who sends without a pause is read one piece in each turn, so that others are read between. */
  #take(chunk: Buffer): void {
    this.#unfinished += chunk.length
    if (chunk.length >= wholePiece) this.#options.clock.endOfTurn(this.pause())
  }

  #hear(): void {
    this.heard = true
    this.#unfinished = 0
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
