import { factsOf, WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from '../../core/cancel.js'
import type { Settle } from '../../core/outlet.js'
import type { TimeSlice } from '../../core/time-slice.js'
import type { Connection, NumberedDialect } from './connection.js'
import type { EventStream } from './event-stream.js'
import type { Watched } from './heartbeat.js'

/** A client whose frames come by POST, and who hears by an event stream. */
export class EventStreamConnection implements Connection, Watched {
  readonly unfinished = 0
  readonly completed = 0
  sent = true
  #heard = true
  readonly #stream: EventStream
  readonly #slice: TimeSlice
  /** The POST whose frames are being taken: the next one waits for it. */
  #taking: Promise<unknown> = Promise.resolve()
  #dialect: NumberedDialect | undefined
  #over = false
  /** How many want that nothing more is taken. */
  #pauses = 0
  /** POSTs that are not answered yet. */
  readonly #waiting: (() => void)[] = []

  constructor(stream: EventStream, slice: TimeSlice) {
    this.#stream = stream
    this.#slice = slice
  }

  /** Who is not read from can't be heard. */
  get heard(): boolean {
    return this.#heard || this.#pauses > 0
  }

  set heard(heard: boolean) {
    this.#heard = heard
  }

  speak(dialect: NumberedDialect): void {
    this.#dialect = dialect
  }

  /**
   * Takes frames, one in each line, of which the first that counts (all but `Pong` and `Received`)
   * has this number; those that are known are passed over. Resolves with the number of all that
   * have been taken.
   * @param cutOff - aborted if those that wait must be let go
   * @throws {WildcastError} `invalid_frame` if some are missing before them; the reason of `cutOff`
   */
  take(from: number, lines: string, cutOff: CancelSignal): Promise<number> {
    this.heard = true
    let waiting = lines
    cutOff.addEventListener('abort', () => {
      waiting = ''
    })
    const taken = this.#taking.then(() => this.#take(from, waiting, cutOff))
    this.#taking = taken.catch(() => {}) // its own POST is answered with it
    return taken
  }

  async #take(from: number, lines: string, cutOff: CancelSignal): Promise<number> {
    cutOff.throwIfAborted()
    if (!(Number.isSafeInteger(from) && from >= 1 && from <= this.#received + 1))
      throw new WildcastError('invalid_frame', `"Wildcast-From" must be ${this.#received + 1} or less, from 1`)
    let number = from
    for (const frame of linesOf(lines)) {
      if (this.#pauses > 0) await this.whenReady()
      while (!this.#slice.admits(frame.length)) await this.#slice.turn()
      cutOff.throwIfAborted()
      if (this.#over) break
      if (frame === '') continue
      if (this.#dialect?.receiveAs(number, frame)) number++
    }
    return this.#received
  }

  get #received(): number {
    return this.#dialect?.received ?? 0
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

  /** What has come in a POST waits, and so does its answer; the next POST comes behind it. */
  pause(): () => void {
    this.#pauses++
    let over = false
    return () => {
      if (!over) this.#pauses--
      over = true
      if (this.#pauses === 0) this.#goOn()
    }
  }

  get paused(): boolean {
    return this.#pauses > 0
  }

  /** Resolves when the client may send more, or is gone. */
  whenReady(): Promise<void> {
    if (this.#pauses === 0 || this.#over) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Its stream has ended. */
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
    this.#dialect?.goAway?.(windowMs)
  }

  leave(error: WildcastError): void {
    this.#dialect?.end(error)
  }

  end(error: WildcastError): void {
    if (this.#over) return
    this.write(closeEvent(error))
    this.#over = true
    this.#stream.end(error)
    this.#goOn()
  }
}

/** One at a time: a body may hold millions. */
function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from)
    yield text.slice(from, end < 0 ? undefined : end)
    from = end < 0 ? text.length : end + 1
  }
}

/** Told last, as a WebSocket is closed: with a code and a reason. */
function closeEvent({ code, message }: WildcastError): Uint8Array {
  const data = JSON.stringify({ code: factsOf(code).close, reason: `${code}: ${message}` })
  return new TextEncoder().encode(`event: close\ndata: ${data}\n\n`)
}
