import type { Duplex } from 'node:stream'
import { factsOf, WildcastError } from '@wildcast/protocol'
import { WebSocket } from 'ws'
import type { Settle } from '../../core/outlet.js'
import type { Relay } from '../../core/relay.js'
import type { Sender } from '../../core/unfinished-input.js'
import { waitingIn } from '../waiting-in.js'
import type { Dialect, Line } from './dialect.js'
import type { Watched } from './heartbeat.js'
import { MessageMeter } from './message-meter.js'

/**
 * RFC 6455, section 5.5: a control frame carries 125 bytes at most, 2 of which are the close code.
 */
const reasonBytes = 123

/**
 * Node reads a socket in pieces of 64 KiB (TLS: of 16 KiB), and many in a row where they are there:
 * a whole piece says that more waits.
 */
const wholePiece = 16 * 1024

/**
 * A WebSocket that knows its line, so that the listeners are the same functions for all: a closure
 * for each event would be a third of a kilobyte for each idle client.
 */
export class LineSocket extends WebSocket {
  line: SocketLine | undefined
}

/** Bytes that are handed to ws at once: as many messages as they hold are handled in a row. */
const pieceBytes = 4096

/** What a line needs of its relay. */
export interface LinePorts extends Pick<Relay, 'clock' | 'onError' | 'slice' | 'unfinished'> {
  /** Bytes of the longest message. */
  readonly longestMessage: number
}

/** A WebSocket with its heartbeat. */
export class SocketLine implements Line, Watched, Sender {
  sent = true
  readonly #ws: LineSocket
  /** The one beneath it. */
  readonly #socket: Duplex
  readonly #ports: LinePorts
  readonly #meter: MessageMeter
  #dialect: Dialect | undefined
  #gone: ((line: SocketLine) => void) | undefined
  #heard = true
  /** How many want that nothing is read. */
  #pauses = 0
  /** Hands bytes to ws. */
  #feed: (chunk: Buffer) => void = () => {}
  /**
   * Bytes that ws has not had, and messages that the dialect has not had: they wait for a turn with
   * time left.
   */
  #bytes: Buffer | undefined
  #messages: (string | Buffer)[] | undefined
  #waits = false
  /** It was ended from this side: what came later is not acted on. */
  #ended = false
  /** Bytes of a message that is not complete, as the relay was told of them. */
  #held = 0
  /** The latest ping that is not answered. */
  #pinged: Buffer | undefined

  constructor(ws: LineSocket, socket: Duplex, ports: LinePorts) {
    this.#ws = ws
    this.#socket = socket
    this.#ports = ports
    this.#meter = new MessageMeter(ports.longestMessage)
  }

  /** Who is not read from can't be heard. */
  get heard(): boolean {
    return this.#heard || this.#pauses > 0
  }

  set heard(heard: boolean) {
    this.#heard = heard
  }

  get unfinished(): number {
    return this.#pauses > 0 ? 0 : this.#meter.unfinished
  }

  get completed(): number {
    return this.#meter.completed
  }

  /** Begins to listen. `gone` hears that the line is no more. */
  speak(dialect: Dialect, gone: (line: SocketLine) => void): void {
    const ws = this.#ws
    this.#dialect = dialect
    this.#gone = gone
    ws.line = this
    const [feed] = this.#socket.listeners('data') as ((chunk: Buffer) => void)[]
    if (!feed) throw new TypeError('ws does not read the socket')
    this.#feed = (chunk) => feed.call(this.#socket, chunk)
    this.#socket.off('data', feed).on('data', (chunk: Buffer) => this.#take(chunk))
    ws.on('message', onMessage).on('ping', onPing).on('pong', onPong).on('error', onError).on('close', onClose)
  }

  receive(data: Buffer, binary: boolean): void {
    this.heard = true
    if (this.#ended) return
    const message = binary ? data : data.toString()
    if (this.#messages) this.#messages.push(message)
    else if (this.#ports.slice.admits(message.length)) this.#dialect?.receive(message)
    else this.#messages = [message]
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
    this.#feed = () => {} // ws has ended, and looks at nothing more
    this.#ports.onError(new WildcastError('invalid_frame', cause.message, { cause }), { stage: 'socket' })
  }

  closed(): void {
    this.#hold(0)
    this.#bytes = undefined
    // What the client has said before it left.
    for (const message of this.#messages ?? []) if (!this.#ended) this.#dialect?.receive(message)
    this.#messages = undefined
    this.#gone?.(this)
    this.#dialect?.close()
  }

  /**
   * Writes to the socket beneath ws, which would frame the same bytes anew for each reader. What ws
   * writes itself are control frames, at once, so that order is kept.
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
    this.#ended = true
    if (this.#open) this.#ws.close(factsOf(error.code).close, reasonOf(error))
  }

  /** Lets go of what it has sent at once: ws would keep it until the client has closed its side. */
  cutOff(): void {
    this.#feed = () => {}
    this.end(new WildcastError('rate_limited', 'too much unfinished input waits in this relay; send smaller messages'))
    this.#socket.end(() => this.#socket.destroy())
  }

  get #open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN
  }

  /**
   * One who sends without a pause is read one chunk in each turn, so that others are read between.
   */
  #take(chunk: Buffer): void {
    this.#meter.read(chunk)
    this.#hold(this.#meter.unfinished)
    if (chunk.length >= wholePiece) this.#ports.clock.endOfTurn(this.pause())
    this.#bytes = this.#bytes ? Buffer.concat([this.#bytes, chunk]) : chunk
    this.#handle()
  }

  /**
   * Hands messages to the dialect and a piece to ws if there is time, else in a later turn; until
   * then the client is not read from.
   */
  #handle(): void {
    if (this.#waits) return
    const { slice } = this.#ports
    const messages = this.#messages
    let next = 0
    for (; messages && next < messages.length; next++) {
      const message = messages[next] as string | Buffer
      if (!slice.admits(message.length)) break
      if (!this.#ended) this.#dialect?.receive(message)
    }
    this.#messages = messages && next < messages.length ? messages.slice(next) : undefined
    if (this.#messages || (this.#bytes && !slice.admits(pieceBytes))) this.#wait()
    else this.#feedPiece()
  }

  #feedPiece(): void {
    const bytes = this.#bytes
    if (!bytes) return
    this.#bytes = bytes.length > pieceBytes ? bytes.subarray(pieceBytes) : undefined
    this.#feed(bytes.subarray(0, pieceBytes))
    if (this.#messages) this.#wait()
    // What the messages of this piece have begun goes on before those of the next.
    else if (this.#bytes) queueMicrotask(() => this.#handle())
  }

  #wait(): void {
    const resume = this.pause()
    this.#waits = true
    this.#ports.slice.later(() => {
      this.#waits = false
      this.#handle()
      resume()
    })
  }

  #hold(bytes: number): void {
    if (bytes === this.#held) return
    this.#held = bytes
    this.#ports.unfinished.hold(this, bytes)
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

/**
 * ws closes the line itself on a breach of RFC 6455 or of its limits; without a listener the
 * process would end.
 */
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
