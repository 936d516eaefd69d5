import type { Duplex } from 'node:stream'
import { factsOf, WildcastError } from '@wildcast/protocol'
import { WebSocket } from 'ws'
import type { Settle } from '../../core/outlet.js'
import type { Relay } from '../../core/relay.js'
import { waitingIn } from '../waiting-in.js'
import type { Dialect, Line } from './dialect.js'
import type { Watched } from './heartbeat.js'

/** RFC 6455, section 5.5: a control frame carries 125 bytes at most, 2 of which are the close code. */
const reasonBytes = 123

/** Node reads a socket in pieces of 64 KiB (TLS: of 16 KiB), and many in a row where they are there: a whole piece says that more waits. */
const wholePiece = 16 * 1024

/** A WebSocket that knows its line, so that the listeners are the same functions for all: a closure for each event would be a third of a kilobyte for each idle client. */
export class LineSocket extends WebSocket {
  line: SocketLine | undefined
}

/** A WebSocket with its heartbeat. */
export class SocketLine implements Line, Watched {
  #unfinished = 0
  sent = true
  readonly #ws: LineSocket
  /** The one beneath it. */
  readonly #socket: Duplex
  readonly #relay: Pick<Relay, 'clock' | 'onError'>
  #dialect: Dialect | undefined
  #gone: ((line: SocketLine) => void) | undefined
  #heard = true
  /** How many want that nothing is read. */
  #pauses = 0

  constructor(ws: LineSocket, socket: Duplex, relay: Pick<Relay, 'clock' | 'onError'>) {
    this.#ws = ws
    this.#socket = socket
    this.#relay = relay
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
    const ws = this.#ws
    this.#dialect = dialect
    this.#gone = gone
    ws.line = this
    // Before ws looks at the chunk: whatever it finishes begins the count anew.
    this.#socket.prependListener('data', (chunk: Buffer) => this.#take(chunk))
    ws.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose)
  }

  receive(data: Buffer, binary: boolean): void {
    this.#hear()
    // What follows the frame that closed the line is not acted on.
    if (this.#open) this.#dialect?.receive(binary ? data : data.toString())
  }

  pinged(data: Buffer): void {
    this.#hear()
    // Of many pings the latest may be answered alone (RFC 6455, 5.5.3), and who does not read would not see it anyway.
    if (this.#open && this.#socket.writableLength < this.#socket.writableHighWaterMark) this.#ws.pong(data)
  }

  ponged(): void {
    this.#hear()
  }

  failed(cause: Error): void {
    this.#relay.onError(new WildcastError('invalid_frame', cause.message, { cause }), { stage: 'socket' })
  }

  closed(): void {
    this.#gone?.(this)
    this.#dialect?.close()
  }

  /** Writes to the socket beneath ws, which would frame the same bytes anew for each reader. What ws writes itself are control frames, at once, so that order is kept. */
  write(bytes: Uint8Array, done?: Settle): boolean {
    const socket = this.#socket
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
    this.#socket.once('drain', run)
  }

  get waiting(): number {
    return waitingIn(this.#socket)
  }

  pause(): () => void {
    if (this.#pauses++ === 0) this.#ws.pause()
    let over = false
    return () => {
      if (!over && --this.#pauses === 0) this.#ws.resume()
      over = true
    }
  }

  ping(): void {
    if (this.#open) this.#ws.ping()
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
    if (this.#open) this.#ws.close(factsOf(error.code).close, reasonOf(error))
  }

  get #open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN
  }

  /** One who sends without a pause is read one piece in each turn, so that others are read between. */
  #take(chunk: Buffer): void {
    this.#unfinished += chunk.length
    if (chunk.length >= wholePiece) this.#relay.clock.endOfTurn(this.pause())
  }

  #hear(): void {
    this.heard = true
    this.#unfinished = 0
  }
}

// The types of ws call every socket a plain one to its listeners.
const lineOf = (ws: WebSocket): SocketLine | undefined => (ws as LineSocket).line

function onMessage(this: WebSocket, data: Buffer, binary: boolean): void {
  lineOf(this)?.receive(data, binary)
}

function onPing(this: WebSocket, data: Buffer): void {
  lineOf(this)?.pinged(data)
}

function onPong(this: WebSocket): void {
  lineOf(this)?.ponged()
}

/** ws closes the line itself on a breach of RFC 6455 or of its limits; without a listener the process would end. */
function onError(this: WebSocket, cause: Error): void {
  lineOf(this)?.failed(cause)
}

function onClose(this: WebSocket): void {
  lineOf(this)?.closed()
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
