import { factsOf, WildcastError } from '@wildcast/protocol'
import type { Settle } from '../core/outlet.js'
import type { EventStream } from './event-stream.js'
import type { Dialect, Line } from './websocket/dialect.js'
import type { Watched } from './websocket/heartbeat.js'

/** A client whose frames come by POST, and who hears by an event stream. */
export class StreamLine implements Line, Watched {
  heard = true
  readonly unfinished = 0
  sent = true
  readonly #stream: EventStream
  #dialect: Dialect | undefined
  /** How many frames were taken, of those that are counted. */
  #received = 0
  #over = false
  /** How many want that nothing more is taken. */
  #pauses = 0
  /** POSTs that are not answered yet. */
  readonly #waiting: (() => void)[] = []

  constructor(stream: EventStream) {
    this.#stream = stream
  }

  speak(dialect: Dialect): void {
    this.#dialect = dialect
  }

  /**
   * Takes frames, of which the first that counts (all but `Pong` and `Received`) has this number; those that are known are passed over. Returns how many there are by now.
   * @throws {WildcastError} `invalid_frame` where some are missing before them
   */
  take(from: number, frames: readonly string[]): number {
    this.heard = true
    if (!(Number.isSafeInteger(from) && from >= 1 && from <= this.#received + 1))
      throw new WildcastError('invalid_frame', `"Wildcast-From" must be ${this.#received + 1} or less, from 1`)
    let number = from
    for (const frame of frames) {
      if (this.#over) break
      const counts = !/^(?:"Pong"|\{"Received")/.test(frame)
      if (!counts || number > this.#received) this.#dialect?.receive(frame)
      if (counts) number++
    }
    this.#received = Math.max(this.#received, number - 1)
    return this.#received
  }

  write(events: Uint8Array, done?: Settle): boolean {
    if (this.#over) {
      done?.(false)
      return true
    }
    this.sent = true
    return this.#stream.write(events, done)
  }

  whenDrained(run: () => void): void {
    this.#stream.whenDrained(run)
  }

  get waiting(): number {
    return this.#stream.waiting
  }

  /** Frames come one POST at a time, whose answer waits. */
  pause(): () => void {
    this.#pauses++
    let over = false
    return () => {
      if (!over) this.#pauses--
      over = true
      if (this.#pauses === 0) this.#goOn()
    }
  }

  /** Resolves when the client may send more, or is gone. */
  whenReady(): Promise<void> {
    if (this.#pauses === 0 || this.#over) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Its client has left. */
  gone(): void {
    this.#over = true
    this.#goOn()
  }

  #goOn(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Nothing beneath the frames could carry one. */
  ping(): void {
    this.#dialect?.ping()
  }

  quiet(): void {
    this.#dialect?.ping()
  }

  lost(why: string): void {
    this.end(new WildcastError('timeout', why))
  }

  goAway(windowMs: readonly [number, number]): void {
    this.#dialect?.goAway(windowMs)
  }

  end(error: WildcastError): void {
    if (this.#over) return
    this.write(closeEvent(error))
    this.#over = true
    this.#stream.end(error)
    this.#goOn()
  }
}

/** Told last, as a WebSocket is closed: with a code and a reason. */
function closeEvent({ code, message }: WildcastError): Uint8Array {
  const data = JSON.stringify({ code: factsOf(code).close, reason: `${code}: ${message}` })
  return new TextEncoder().encode(`event: close\ndata: ${data}\n\n`)
}
