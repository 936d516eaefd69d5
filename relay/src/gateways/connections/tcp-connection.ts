import type { Duplex } from 'node:stream'
import type { WildcastError } from '@wildcast/protocol'
import type { Settle } from '../../core/outlet.js'
import type { RelayView } from '../../core/relay.js'
import type { ClientConnection, Dialect } from './connection.js'
import { waitingIn } from './waiting-in.js'

/** Bytes that the dialect gets at once. */
const pieceBytes = 16 * 1024

/** Node reads a socket in pieces of 64 KiB (TLS: 16 KiB): after a whole piece, more waits. */
const wholePiece = 16 * 1024

/** A client that has not closed its side after this is cut off, in milliseconds. */
const closeTimeoutMs = 2000

/** The relay, as a connection uses it. */
export type TcpPorts = Pick<RelayView, 'clock' | 'slice'>

/** A connection that carries a stream of bytes, for dialects that find their messages in it. */
export class TcpConnection implements ClientConnection {
  readonly #socket: Duplex
  readonly #ports: TcpPorts
  #dialect: Dialect | undefined
  /** Bytes that the dialect has not received. */
  #bytes: Buffer | undefined
  /** Whether a later turn is awaited. */
  #waits = false
  #pauses = 0
  #ended = false

  constructor(socket: Duplex, ports: TcpPorts) {
    this.#socket = socket
    this.#ports = ports
  }

  /** Starts the dialect. `gone` is called when the connection has closed. */
  use(dialect: Dialect, gone: (connection: TcpConnection) => void): void {
    const socket = this.#socket
    this.#dialect = dialect
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    // The client has ended its side, and reads no answers after that.
    socket.on('end', () => this.end())
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      this.#ended = true
      gone(this)
      dialect.close()
    })
    socket.resume()
  }

  write(bytes: Uint8Array, done?: Settle): boolean {
    const socket = this.#socket
    if (this.#ended || !socket.writable) {
      done?.(false)
      return true
    }
    socket.write(bytes, done && ((error) => done(!error)))
    return socket.writableLength < socket.writableHighWaterMark
  }

  whenDrained(run: () => void): void {
    this.#socket.once('drain', run)
  }

  get waiting(): number {
    return waitingIn(this.#socket)
  }

  /** Streams of bytes have no ping of their own. */
  ping(): void {}

  pause(): () => void {
    if (this.#pauses++ === 0) this.#socket.pause()
    let over = false
    return () => {
      if (over) return
      over = true
      if (--this.#pauses > 0) return
      this.#continue()
      if (this.#pauses === 0) this.#socket.resume()
    }
  }

  get paused(): boolean {
    return this.#pauses > 0
  }

  goAway(): void {}

  async whenAnswered(): Promise<void> {
    await this.#dialect?.whenAnswered?.()
  }

  leave(error: WildcastError): void {
    this.#dialect?.end(error)
  }

  /** Closes after what was written. A stream has no close codes. */
  end(_?: WildcastError): void {
    if (this.#ended) return
    this.#ended = true
    this.#bytes = undefined
    const socket = this.#socket
    socket.resume() // what still comes is ignored
    socket.end()
    const stopClock = this.#ports.clock.after(closeTimeoutMs, () => socket.destroy())
    socket.once('close', stopClock)
  }

  #take(chunk: Buffer): void {
    if (this.#ended) return
    // Others are read before more of a client that sends without pause.
    if (chunk.length >= wholePiece) this.#ports.clock.endOfTurn(this.pause())
    this.#bytes = this.#bytes ? Buffer.concat([this.#bytes, chunk]) : chunk
    if (this.#pauses === 0 || chunk.length >= wholePiece) this.#feed()
  }

  /** Receives what waits, unless a turn is awaited that does. */
  #continue(): void {
    if (!this.#waits) this.#feed()
  }

  /** Passes on as much as time allows; the rest waits for a later turn. */
  #feed(): void {
    if (this.#waits) return
    for (let bytes = this.#bytes; bytes && !this.#ended; bytes = this.#bytes) {
      if (!this.#ports.slice.admits(Math.min(bytes.length, pieceBytes))) {
        this.#waitForTurn()
        return
      }
      this.#bytes = bytes.length > pieceBytes ? bytes.subarray(pieceBytes) : undefined
      const pauses = this.#pauses
      this.#dialect?.receive(bytes.subarray(0, pieceBytes))
      if (this.#pauses > pauses) return // the dialect has paused
    }
  }

  #waitForTurn(): void {
    this.#waits = true
    const resume = this.pause()
    this.#ports.slice.later(() => {
      this.#waits = false
      this.#feed()
      resume()
    })
  }
}
