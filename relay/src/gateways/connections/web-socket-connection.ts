import type { Duplex } from 'node:stream'
import { factsOf, WildcastError } from '@wildcast/protocol'
import { WebSocket } from 'ws'
import type { Settle } from '../../core/outlet.js'
import type { RelayView } from '../../core/relay.js'
import type { ClientConnection, Dialect } from './connection.js'
import type { Watched } from './heartbeat.js'
import { type InputOwner, type InputPorts, SocketInput } from './socket-input.js'
import { waitingIn } from './waiting-in.js'

/** RFC 6455, section 5.5: a control frame carries at most 125 bytes, 2 of them the close code. */
const reasonBytes = 123

/**
 * A WebSocket that refers to its connection, so that all share the listener functions: closures
 * would take a third of a kilobyte for each idle client.
 */
export class OwnedWebSocket extends WebSocket {
  connection: WebSocketConnection | undefined
}

/** The relay, as a connection uses it. */
export interface ConnectionPorts extends InputPorts, Pick<RelayView, 'onError'> {}

/** A WebSocket with its heartbeat. */
export class WebSocketConnection implements ClientConnection, Watched, InputOwner {
  hasSent = true
  readonly #ws: OwnedWebSocket
  /** The socket under it. */
  readonly #socket: Duplex
  readonly #ports: ConnectionPorts
  readonly #input: SocketInput
  #dialect: Dialect | undefined
  #gone: ((connection: WebSocketConnection) => void) | undefined
  #hasReceived = true
  /** The number of active pauses. */
  #pauses = 0
  /** Whether the relay has ended it: later messages are ignored. */
  #ended = false
  /** The latest unanswered ping. */
  #pinged: Buffer | undefined

  constructor(ws: OwnedWebSocket, socket: Duplex, ports: ConnectionPorts) {
    this.#ws = ws
    this.#socket = socket
    this.#ports = ports
    this.#input = new SocketInput(socket, ports, this)
  }

  /** True during a pause, in which nothing can come. */
  get hasReceived(): boolean {
    return this.#hasReceived || this.#pauses > 0
  }

  set hasReceived(hasReceived: boolean) {
    this.#hasReceived = hasReceived
  }

  get unfinished(): number {
    return this.#pauses > 0 ? 0 : this.#input.unfinished
  }

  get completed(): number {
    return this.#input.completed
  }

  /** Starts the dialect. `gone` is called when the connection has closed. */
  use(dialect: Dialect, gone: (connection: WebSocketConnection) => void): void {
    const ws = this.#ws
    this.#dialect = dialect
    this.#gone = gone
    ws.connection = this
    ws.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose)
  }

  receive(data: Buffer, binary: boolean): void {
    this.hasReceived = true
    this.#input.put(binary ? data : data.toString())
  }

  handle(message: string | Uint8Array): void {
    if (!this.#ended) this.#dialect?.receive(message)
  }

  split(message: string | Uint8Array): Iterable<string | Uint8Array> | undefined {
    return this.#ended ? [] : this.#dialect?.split?.(message)
  }

  pinged(data: Buffer): void {
    this.hasReceived = true
    if (!this.#pinged) this.#ports.clock.endOfTurn(() => this.#pong())
    this.#pinged = data
  }

  ponged(): void {
    this.hasReceived = true
  }

  failed(cause: Error): void {
    this.#input.stop() // ws has ended, and reads nothing more
    this.#ports.onError(new WildcastError('invalid_frame', cause.message, { cause }), { stage: 'socket' })
  }

  closed(code: number): void {
    this.#gone?.(this)
    this.#input.close(() => this.#dialect?.close(code))
  }

  /**
   * Writes to the socket under ws, which would frame the same bytes again for each reader. ws
   * itself writes only control frames, at once, so order is kept.
   */
  write(bytes: Uint8Array, done?: Settle): boolean {
    const socket = this.#socket
    if (!this.#open) {
      done?.(false)
      return true
    }
    this.hasSent = true
    socket.write(bytes, done && ((error) => done(!error)))
    // Bytes that the kernel takes at once don't count.
    return socket.writableLength < socket.writableHighWaterMark
  }

  whenDrained(run: () => void): void {
    this.#socket.once('drain', run)
  }

  get waiting(): number {
    return waitingIn(this.#socket)
  }

  pause(): () => void {
    return this.#input.pause()
  }

  get paused(): boolean {
    return this.#pauses > 0
  }

  stopReading(): () => void {
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
    this.#dialect?.goAway?.(windowMs)
  }

  async whenAnswered(): Promise<void> {
    await this.#dialect?.whenAnswered?.()
  }

  leave(error: WildcastError): void {
    this.#dialect?.end(error)
  }

  lost(why: string): void {
    this.end(new WildcastError('timeout', why))
  }

  end(error: WildcastError): void {
    this.#ended = true
    if (this.#open) this.#ws.close(factsOf(error.code).close, reasonOf(error))
  }

  /** Frees its buffers at once: ws would keep them until the client has closed its side. */
  cutOff(): void {
    this.#input.stop()
    this.end(new WildcastError('rate_limited', 'too much unfinished input waits in this relay; send smaller messages'))
    this.#socket.end(() => this.#socket.destroy())
  }

  get #open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN
  }

  /**
   * Answers only the latest of many pings (RFC 6455, 5.5.3), and none while the client doesn't
   * read.
   */
  #pong(): void {
    const data = this.#pinged
    this.#pinged = undefined
    if (this.#open && this.#socket.writableLength < this.#socket.writableHighWaterMark) this.#ws.pong(data)
  }
}

// In the types of ws, listeners get a plain WebSocket.
const connectionOf = (ws: WebSocket): WebSocketConnection | undefined => (ws as OwnedWebSocket).connection

function onMessage(this: WebSocket, data: Buffer, binary: boolean): void {
  connectionOf(this)?.receive(data, binary)
}

function onPing(this: WebSocket, data: Buffer): void {
  connectionOf(this)?.pinged(data)
}

function onPong(this: WebSocket): void {
  connectionOf(this)?.ponged()
}

/**
 * ws itself closes the connection on a breach of RFC 6455 or of its limits. Without a listener the
 * process would end.
 */
function onError(this: WebSocket, cause: Error): void {
  connectionOf(this)?.failed(cause)
}

function onClose(this: WebSocket, code: number): void {
  connectionOf(this)?.closed(code)
}

function reasonOf(error: WildcastError): string {
  const reason = `${error.code}: ${error.message}`
  if (Buffer.byteLength(reason) <= reasonBytes) return reason
  // A cut character is dropped, so that the reason stays UTF-8.
  return Buffer.from(reason)
    .subarray(0, reasonBytes)
    .toString()
    .replace(/\ufffd+$/, '')
}
