import type { Duplex } from 'node:stream'
import { factsOf, WildcastError } from '@wildcast/protocol'
import { WebSocket } from 'ws'
import type { Settle } from '../../core/outlet.js'
import type { RelayView } from '../../core/relay.js'
import type { ClientConnection, Dialect } from './connection.js'
import type { Watched } from './heartbeat.js'
import { type InputOwner, type InputPorts, SocketInput } from './socket-input.js'
import { waitingIn } from './waiting-in.js'

/**
 * RFC 6455, section 5.5: a control frame carries 125 bytes at most, 2 of which are the close code.
 */
const reasonBytes = 123

/**
 * A WebSocket that knows its connection, so that the listeners are the same functions for all: a
 * closure for each event would be a third of a kilobyte for each idle client.
 */
export class OwnedWebSocket extends WebSocket {
  connection: WebSocketConnection | undefined
}

/** What a connection needs of its relay. */
export interface ConnectionPorts extends InputPorts, Pick<RelayView, 'onError'> {}

/** A WebSocket with its heartbeat. */
export class WebSocketConnection implements ClientConnection, Watched, InputOwner {
  sent = true
  readonly #ws: OwnedWebSocket
  /** The one beneath it. */
  readonly #socket: Duplex
  readonly #ports: ConnectionPorts
  readonly #input: SocketInput
  #dialect: Dialect | undefined
  #gone: ((connection: WebSocketConnection) => void) | undefined
  #heard = true
  /** How many want that nothing is read. */
  #pauses = 0
  /** It was ended from this side: what came later is not acted on. */
  #ended = false
  /** The latest ping that is not answered. */
  #pinged: Buffer | undefined

  constructor(ws: OwnedWebSocket, socket: Duplex, ports: ConnectionPorts) {
    this.#ws = ws
    this.#socket = socket
    this.#ports = ports
    this.#input = new SocketInput(socket, ports, this)
  }

  /** Who is not read from can't be heard. */
  get heard(): boolean {
    return this.#heard || this.#pauses > 0
  }

  set heard(heard: boolean) {
    this.#heard = heard
  }

  get unfinished(): number {
    return this.#pauses > 0 ? 0 : this.#input.unfinished
  }

  get completed(): number {
    return this.#input.completed
  }

  /** Begins to listen. `gone` hears that the connection is no more. */
  speak(dialect: Dialect, gone: (connection: WebSocketConnection) => void): void {
    const ws = this.#ws
    this.#dialect = dialect
    this.#gone = gone
    ws.connection = this
    ws.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose)
  }

  receive(data: Buffer, binary: boolean): void {
    this.heard = true
    this.#input.put(binary ? data : data.toString())
  }

  handle(message: string | Uint8Array): void {
    if (!this.#ended) this.#dialect?.receive(message)
  }

  split(message: string | Uint8Array): Iterable<string | Uint8Array> | undefined {
    return this.#ended ? [] : this.#dialect?.split?.(message)
  }

  pinged(data: Buffer): void {
    this.heard = true
    if (!this.#pinged) this.#ports.clock.endOfTurn(() => this.#pong())
    this.#pinged = data
  }

  ponged(): void {
    this.heard = true
  }

  failed(cause: Error): void {
    this.#input.stop() // ws has ended, and looks at nothing more
    this.#ports.onError(new WildcastError('invalid_frame', cause.message, { cause }), { stage: 'socket' })
  }

  closed(code: number): void {
    this.#gone?.(this)
    this.#input.close(() => this.#dialect?.close(code))
  }

  /**
   * Writes to the socket beneath ws, which would frame the same bytes again for each reader. What
   * ws writes itself are control frames, at once, so that order is kept.
   */
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

  /** Lets go of what it has sent at once: ws would keep it until the client has closed its side. */
  cutOff(): void {
    this.#input.stop()
    this.end(new WildcastError('rate_limited', 'too much unfinished input waits in this relay; send smaller messages'))
    this.#socket.end(() => this.#socket.destroy())
  }

  get #open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN
  }

  /**
   * Of many pings the latest may be answered alone (RFC 6455, 5.5.3), and who does not read would
   * not see it anyway.
   */
  #pong(): void {
    const data = this.#pinged
    this.#pinged = undefined
    if (this.#open && this.#socket.writableLength < this.#socket.writableHighWaterMark) this.#ws.pong(data)
  }
}

// The types of ws call every socket a plain one to its listeners.
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
 * ws closes the connection itself on a breach of RFC 6455 or of its limits; without a listener the
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
  // A cut through a character is dropped, so that the reason stays UTF-8.
  return Buffer.from(reason)
    .subarray(0, reasonBytes)
    .toString()
    .replace(/\ufffd+$/, '')
}
