import type { Duplex } from 'node:stream'
import type { RelayView } from '../../core/relay.js'
import type { MessageMeter, MessageMeters } from './message-meter.js'

/**
 * Bytes that ws gets at once. The answers to a piece are written together, so a small piece costs
 * more system calls.
 */
const pieceBytes = 16 * 1024

/**
 * Node reads a socket in pieces of 64 KiB (TLS: 16 KiB), many in a row if available: after a whole
 * piece, more waits.
 */
const wholePiece = 16 * 1024

/** The relay, as the input of a socket uses it. */
export interface InputPorts extends Pick<RelayView, 'clock' | 'slice' | 'unfinished'> {
  readonly meters: MessageMeters
}

type Parts = Iterator<string | Uint8Array>

/** A socket refers to its input, so that all sockets share the listener functions. */
const ownInput = Symbol('input')
type ReadSocket = Duplex & { [ownInput]?: SocketInput }

function onData(this: ReadSocket, chunk: Buffer): void {
  this[ownInput]?.take(chunk)
}

function onOver(this: ReadSocket): void {
  this[ownInput]?.feedLast()
}

/** The connection of an input. */
export interface InputOwner {
  /** Handles a message: a string for text, bytes for binary. */
  handle(message: string | Uint8Array): void
  /**
   * Returns the parts of a message that are to be handled one by one. Undefined if it has no parts.
   */
  split(message: string | Uint8Array): Iterable<string | Uint8Array> | undefined
  /** Stops reading from the client until the undo is called. */
  stopReading(): () => void
  /** Cuts the client off: all incomplete messages exceed the limit. */
  cutOff(): void
}

/**
 * Passes a client's bytes to ws and the resulting messages to the connection, as much in a turn of
 * the event loop as time allows. The rest waits, and its client is not read from.
 */
export class SocketInput {
  readonly #socket: ReadSocket
  readonly #ports: InputPorts
  readonly #owner: InputOwner
  /** The listener by which ws reads. */
  readonly #feed: (this: Duplex, chunk: Buffer) => void
  #stopped = false
  /** Set while a message is incomplete. */
  #meter: MessageMeter | undefined
  #completed = 0
  #bytes: Buffer | undefined
  /** The remaining parts of the current message, made when needed. */
  #parts: Parts | undefined
  /** The messages after it. */
  #messages: (string | Uint8Array)[] | undefined
  /** Whether a later turn is awaited. */
  #waits = false
  /** The number of active pauses. */
  #pauses = 0
  #closed = false
  /** The last reported bytes of an incomplete message. */
  #reported = 0

  /** Replaces the listener by which ws reads the socket. */
  constructor(socket: Duplex, ports: InputPorts, owner: InputOwner) {
    this.#socket = socket
    const [feed] = socket.listeners('data') as ((this: Duplex, chunk: Buffer) => void)[]
    if (!feed) throw new TypeError('ws does not read the socket')
    this.#socket = socket
    this.#ports = ports
    this.#owner = owner
    this.#feed = feed
    this.#socket[ownInput] = this
    socket.off('data', feed).on('data', onData).prependListener('end', onOver).prependListener('close', onOver)
  }

  /**
   * The socket has ended, which a pause does not always delay, or it closes. ws then takes what is
   * left in it, and nothing later, so waiting bytes must go first.
   */
  feedLast(): void {
    this.#socket.off('data', onData)
    const bytes = this.#bytes
    this.#bytes = undefined
    if (bytes) this.#feed.call(this.#socket, bytes)
  }

  /** Received bytes of an incomplete message. */
  get unfinished(): number {
    return this.#meter?.received ?? 0
  }

  /** The number of complete messages. */
  get completed(): number {
    return this.#completed
  }

  /** Takes a message that ws has assembled. */
  put(message: string | Buffer): void {
    if (!this.#hasMessages && this.#admits(message)) this.#handle(message)
    else if (this.#messages) this.#messages.push(message)
    else this.#messages = [message]
    if (this.#hasMessages) this.#wait()
  }

  /** Ignores all further bytes. */
  stop(): void {
    this.#stopped = true
    this.#dropBytes()
  }

  /**
   * Stops reading and handling until the undo is called: one message may have thousands of parts.
   */
  pause(): () => void {
    const resume = this.#owner.stopReading()
    this.#pauses++
    let over = false
    return () => {
      if (over) return
      over = true
      resume()
      if (--this.#pauses === 0 && (this.#hasMessages || this.#bytes)) this.#wait()
    }
  }

  /**
   * The socket has closed. Handles what came before, as much in a turn as time allows, and then
   * calls `done`.
   */
  close(done: () => void): void {
    this.#dropBytes()
    this.#closed = true
    this.#finish(done)
  }

  /**
   * Reads one chunk a turn from a client that sends without pause, so that others are read in
   * between.
   */
  take(chunk: Buffer): void {
    if (this.#stopped) return
    this.#measure(chunk)
    if (chunk.length >= wholePiece) this.#ports.clock.endOfTurn(this.#owner.stopReading())
    this.#bytes = this.#bytes ? Buffer.concat([this.#bytes, chunk]) : chunk
    this.#continue()
  }

  /** Handles as much as time allows: waiting messages, then a piece of the bytes. */
  #continue(): void {
    if (this.#waits || this.#isPaused) return
    this.#handleMessages()
    if (this.#isPaused) return
    if (this.#hasMessages || (this.#bytes && !this.#ports.slice.admits(pieceBytes))) this.#wait()
    else if (this.#bytes) this.#feedPiece(this.#bytes)
  }

  #handleMessages(): void {
    if (this.#parts && this.#admits('')) this.#handleParts(this.#parts)
    const messages = this.#messages
    if (this.#parts || !messages) return
    let next = 0
    while (next < messages.length && !this.#parts && this.#admits(messages[next]))
      this.#handle(messages[next++] as string | Uint8Array)
    this.#messages = next < messages.length ? messages.slice(next) : undefined
  }

  #handle(message: string | Uint8Array): void {
    const parts = this.#owner.split(message)
    if (parts) this.#handleParts(parts[Symbol.iterator]())
    else this.#owner.handle(message)
  }

  /** Handles as many as time allows; the others wait. */
  #handleParts(parts: Parts): void {
    this.#parts = undefined
    for (let next = parts.next(); !next.done; next = parts.next()) {
      this.#owner.handle(next.value)
      if (this.#admits(next.value)) continue
      this.#parts = parts
      return
    }
  }

  get #hasMessages(): boolean {
    return this.#parts !== undefined || this.#messages !== undefined
  }

  #finish(done: () => void): void {
    this.#handleMessages()
    if (this.#hasMessages) this.#ports.slice.later(() => this.#finish(done))
    else done()
  }

  /** A client with a closed socket reads nothing, so a pause would not help. */
  get #isPaused(): boolean {
    return this.#pauses > 0 && !this.#closed
  }

  #admits(message: string | Uint8Array | undefined): boolean {
    return !this.#isPaused && this.#ports.slice.admits(message?.length ?? 0)
  }

  #feedPiece(bytes: Buffer): void {
    const isWhole = bytes.length <= pieceBytes
    this.#bytes = isWhole ? undefined : bytes.subarray(pieceBytes)
    if (!this.#stopped) this.#feed.call(this.#socket, isWhole ? bytes : bytes.subarray(0, pieceBytes))
    // Promise callbacks of this piece's messages run before the next piece.
    if (this.#bytes && !this.#waits) queueMicrotask(() => this.#continue())
  }

  /** ws may deliver a compressed message at any time, even while a turn is awaited. */
  #wait(): void {
    if (this.#waits || this.#isPaused || this.#closed) return
    const resume = this.#owner.stopReading()
    this.#waits = true
    this.#ports.slice.later(() => {
      this.#waits = false
      this.#continue()
      resume()
    })
  }

  /** Returns the meter when nothing is incomplete, so that idle clients share one. */
  #measure(chunk: Buffer): void {
    const { meters } = this.#ports
    const meter = this.#meter ?? meters.take()
    this.#completed += meter.read(chunk)
    const { unfinished } = meter
    this.#meter = unfinished > 0 ? meter : undefined
    if (unfinished === 0) meters.giveBack(meter)
    this.#report(unfinished)
  }

  #dropBytes(): void {
    this.#bytes = undefined
    this.#meter = undefined
    this.#report(0)
  }

  #report(bytes: number): void {
    if (bytes === this.#reported) return
    this.#reported = bytes
    this.#ports.unfinished.hold(this.#owner, bytes)
  }
}
