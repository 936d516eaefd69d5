import type { Duplex } from 'node:stream'
import type { RelayView } from '../../core/relay.js'
import type { MessageMeter, MessageMeters } from './message-meter.js'

/**
 * Bytes that are handed to ws at once. The answers to one piece are written together, so small
 * pieces cost a system call each.
 */
const pieceBytes = 16 * 1024

/**
 * Node reads a socket in pieces of 64 KiB (TLS: of 16 KiB), and many in a row if they are there: a
 * whole piece says that more waits.
 */
const wholePiece = 16 * 1024

/** What the input of a socket needs of its relay. */
export interface InputPorts extends Pick<RelayView, 'clock' | 'slice' | 'unfinished'> {
  readonly meters: MessageMeters
}

type Parts = Iterator<string | Uint8Array>

/** A socket that knows its input, so that the listener is the same function for all. */
const ownInput = Symbol('input')
type ReadSocket = Duplex & { [ownInput]?: SocketInput }

function onData(this: ReadSocket, chunk: Buffer): void {
  this[ownInput]?.take(chunk)
}

function onOver(this: ReadSocket): void {
  this[ownInput]?.feedLast()
}

/** The connection whose input it is. */
export interface InputOwner {
  /** Takes a message: a string for text, bytes for binary. */
  handle(message: string | Uint8Array): void
  /** The parts of a message that are to be handled one by one. Undefined for one that is whole. */
  split(message: string | Uint8Array): Iterable<string | Uint8Array> | undefined
  /** Reads nothing from the client until the undo is called. */
  stopReading(): () => void
  /** Ends the client: what all clients keep unfinished has become too much. */
  cutOff(): void
}

/**
 * What a client sends, on its way to ws as bytes and from there as messages, as much in a turn of
 * the event loop as there is time for. What waits is not lost, and its client is not read from.
 */
export class SocketInput {
  readonly #socket: ReadSocket
  readonly #ports: InputPorts
  readonly #owner: InputOwner
  /** How ws takes bytes. */
  readonly #feed: (this: Duplex, chunk: Buffer) => void
  #stopped = false
  /** While a message is not complete. */
  #meter: MessageMeter | undefined
  #completed = 0
  #bytes: Buffer | undefined
  /**
   * Of the message that is handled now: the parts that are left, which are made when they are asked
   * for.
   */
  #parts: Parts | undefined
  /** Those that came after it. */
  #messages: (string | Uint8Array)[] | undefined
  /** A later turn is awaited. */
  #waits = false
  /** How many want that nothing is handled. */
  #pauses = 0
  #closed = false
  /** What the relay knows that is held for a message which is not complete. */
  #held = 0

  /** Takes the place of the listener by which ws reads the socket. */
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
   * The socket has ended, which a pause does not always delay, or it closes. ws takes what is left
   * in it next, and nothing after that, so what waits here goes before.
   */
  feedLast(): void {
    this.#socket.off('data', onData)
    const bytes = this.#bytes
    this.#bytes = undefined
    if (bytes) this.#feed.call(this.#socket, bytes)
  }

  /** Bytes that have come of a message that is not complete. */
  get unfinished(): number {
    return this.#meter?.received ?? 0
  }

  /** How many messages are complete. */
  get completed(): number {
    return this.#completed
  }

  /** Takes a message that ws has put together. */
  put(message: string | Buffer): void {
    if (!this.#hasMessages && this.#admits(message)) this.#handle(message)
    else if (this.#messages) this.#messages.push(message)
    else this.#messages = [message]
    if (this.#hasMessages) this.#wait()
  }

  /** Looks at no more bytes. */
  stop(): void {
    this.#stopped = true
    this.#dropBytes()
  }

  /**
   * Until the undo is called nothing is read from the client, and what has come waits: one message
   * may have thousands of parts.
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
   * The socket has closed. What its client has said before is still handled, as much in a turn as
   * there is time for; `done` runs after that.
   */
  close(done: () => void): void {
    this.#dropBytes()
    this.#closed = true
    this.#finish(done)
  }

  /**
   * A client that sends without a pause is read one chunk in each turn, so that others are read
   * between.
   */
  take(chunk: Buffer): void {
    if (this.#stopped) return
    this.#measure(chunk)
    if (chunk.length >= wholePiece) this.#ports.clock.endOfTurn(this.#owner.stopReading())
    this.#bytes = this.#bytes ? Buffer.concat([this.#bytes, chunk]) : chunk
    this.#goOn()
  }

  /** Handles what there is time for: the messages that wait, then a piece of the bytes. */
  #goOn(): void {
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

  /** Handles those that there is time for; the others wait. */
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

  /** A client that has closed its socket reads nothing any more: no pause would help. */
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
    // What the messages of this piece have begun goes on before those of the next.
    if (this.#bytes && !this.#waits) queueMicrotask(() => this.#goOn())
  }

  /** A message that was compressed comes at any time, also while a turn is awaited. */
  #wait(): void {
    if (this.#waits || this.#isPaused || this.#closed) return
    const resume = this.#owner.stopReading()
    this.#waits = true
    this.#ports.slice.later(() => {
      this.#waits = false
      this.#goOn()
      resume()
    })
  }

  /** A meter goes back when nothing is left to measure, so that idle clients share one. */
  #measure(chunk: Buffer): void {
    const { meters } = this.#ports
    const meter = this.#meter ?? meters.take()
    this.#completed += meter.read(chunk)
    const { unfinished } = meter
    this.#meter = unfinished > 0 ? meter : undefined
    if (unfinished === 0) meters.giveBack(meter)
    this.#hold(unfinished)
  }

  #dropBytes(): void {
    this.#bytes = undefined
    this.#meter = undefined
    this.#hold(0)
  }

  #hold(bytes: number): void {
    if (bytes === this.#held) return
    this.#held = bytes
    this.#ports.unfinished.hold(this.#owner, bytes)
  }
}
