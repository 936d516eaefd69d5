import { encodeUtf8, factsOf, WildcastError } from '@wildcast/protocol'
import type { Settle } from '../../core/outlet.js'
import type { RelayView } from '../../core/relay.js'
import type { ClientConnection, Dialect } from './connection.js'
import type { Watched } from './heartbeat.js'
import { linesIn } from './in-memory-framing.js'
import { InMemoryInput, type InMemoryInputOwner, type MessageData } from './in-memory-input.js'

/** A reader with this many waiting bytes is behind. */
const behindBytes = 16 * 1024

/** A client that has not read the end after this is cut off. */
const closeTimeoutMs = 2000

/** RFC 6455, 7.4.1: the connection was lost; a message was too long. */
const [lostCode, tooLongCode] = [1006, 1009]

/** The client's end of a connection. */
export interface InMemoryClient {
  receive(message: string): void
  /** The last call. */
  closed(code: number, reason: string): void
}

/** The relay, as a connection in memory uses it. */
export interface InMemoryPorts extends Pick<RelayView, 'clock' | 'slice'> {
  /** Bytes of the longest message of the client. */
  readonly longest: number
}

interface Written {
  readonly bytes: Uint8Array
  readonly done: Settle | undefined
}

/**
 * The connection of a client in the same process. It carries text, a frame on each line, in both
 * directions at the end of the turn.
 */
export class InMemoryConnection implements ClientConnection, Watched, InMemoryInputOwner {
  hasSent = true
  readonly unfinished = 0
  readonly completed = 0
  readonly #ports: InMemoryPorts
  readonly #client: InMemoryClient
  readonly #input: InMemoryInput
  #dialect: Dialect | undefined
  #gone: (() => void) | undefined
  #hasReceived = true
  #output: Written[] = []
  #waiting = 0
  /** Whether the end of the turn is awaited. */
  #awaited = false
  /** The number of active holds: see `hold`. */
  #holds = 0
  #drained: (() => void) | undefined
  /** Set when nothing more is written: the last event of the client. */
  #ending: { readonly code: number; readonly reason: string } | undefined
  #stopTimeout: (() => void) | undefined
  #closed = false

  constructor(ports: InMemoryPorts, client: InMemoryClient) {
    this.#ports = ports
    this.#client = client
    this.#input = new InMemoryInput(ports, this)
  }

  /** True during a pause, in which nothing can come. */
  get hasReceived(): boolean {
    return this.#hasReceived || this.#input.isPaused
  }

  set hasReceived(hasReceived: boolean) {
    this.#hasReceived = hasReceived
  }

  /** Starts the dialect. `gone` is called when the connection has closed. */
  use(dialect: Dialect, gone: () => void): void {
    this.#dialect = dialect
    this.#gone = gone
  }

  /** The client sends a message. */
  take(message: MessageData): void {
    if (this.#ending || this.#closed) return
    this.#hasReceived = true
    if (isLonger(message, this.#ports.longest)) this.#end(tooLongCode, 'the message is too long')
    else this.#input.put(message)
  }

  /** The client closes. Its earlier messages are still handled. */
  closedByClient(code: number): void {
    this.#close(code, '', () => this.#dialect?.close(code))
  }

  /** The connection is lost, with all that has not arrived. */
  cut(): void {
    this.#input.drop()
    this.#close(lostCode, '', () => this.#dialect?.close(lostCode))
  }

  /** The client reads nothing until the undo is called. */
  hold(): () => void {
    this.#holds++
    let over = false
    return () => {
      if (over) return
      over = true
      if (--this.#holds === 0) this.#awaitTurn()
    }
  }

  handle(message: MessageData): void {
    if (!this.#ending) this.#dialect?.receive(message)
  }

  split(message: MessageData): Iterable<MessageData> | undefined {
    return this.#ending ? [] : this.#dialect?.split?.(message)
  }

  write(bytes: Uint8Array, done?: Settle): boolean {
    if (this.#ending || this.#closed) {
      done?.(false)
      return true
    }
    this.hasSent = true
    this.#output.push({ bytes, done })
    this.#waiting += bytes.length
    this.#awaitTurn()
    return this.#waiting < behindBytes
  }

  whenDrained(run: () => void): void {
    this.#drained = run
  }

  get waiting(): number {
    return this.#waiting
  }

  pause(): () => void {
    return this.#input.pause()
  }

  get paused(): boolean {
    return this.#input.isPaused
  }

  /** There is no ping but that of the dialect. */
  ping(): void {
    this.#dialect?.ping()
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
    this.#end(factsOf(error.code).close, `${error.code}: ${error.message}`)
  }

  /** Closes when all written bytes have left. */
  #end(code: number, reason: string): void {
    if (this.#ending || this.#closed) return
    this.#ending = { code, reason }
    this.#stopTimeout = this.#ports.clock.after(closeTimeoutMs, () => this.cut())
    this.#awaitTurn()
  }

  #awaitTurn(): void {
    if (this.#awaited || this.#closed) return
    this.#awaited = true
    this.#ports.clock.endOfTurn(() => {
      this.#awaited = false
      this.#flush()
    })
  }

  /** Delivers what was written. The client may close meanwhile. */
  #flush(): void {
    if (this.#holds > 0) return
    const output = this.#output
    this.#output = []
    for (const written of output) this.#deliver(written)
    if (this.#closed || this.#output.length > 0) return
    const drained = this.#drained
    this.#drained = undefined
    drained?.()
    const { code, reason } = this.#ending ?? {}
    if (code !== undefined) this.#close(code, reason ?? '', () => this.#dialect?.close(code))
  }

  #deliver({ bytes, done }: Written): void {
    this.#waiting -= bytes.length
    done?.(!this.#closed)
    if (this.#closed) return
    for (const line of linesIn(bytes)) this.#client.receive(line)
  }

  /** @param closed - called when earlier input was handled */
  #close(code: number, reason: string, closed: () => void): void {
    if (this.#closed) return
    this.#closed = true
    this.#stopTimeout?.()
    for (const { done } of this.#output.splice(0)) done?.(false)
    this.#waiting = 0
    this.#gone?.()
    this.#input.end(closed)
    this.#ports.clock.endOfTurn(() => this.#client.closed(code, reason))
  }
}

/** A UTF-16 unit takes from 1 to 3 bytes, so few texts need a count. */
function isLonger(message: MessageData, bytes: number): boolean {
  if (typeof message !== 'string' || message.length > bytes) return message.length > bytes
  return message.length * 3 > bytes && encodeUtf8(message).length > bytes
}
