import { WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from '../../core/cancel.js'
import type { TimeSlice } from '../../core/time-slice.js'
import type { NumberedDialect } from './connection.js'

/** The frames of a client that come by POST, in their order. */
export class PostedFrames {
  readonly #slice: TimeSlice
  /** The POST whose frames are being taken: the next one waits for it. */
  #taking: Promise<unknown> = Promise.resolve()
  #dialect: NumberedDialect | undefined
  #over = false
  /** How many want that nothing more is taken. */
  #pauses = 0
  /** POSTs that are not answered yet. */
  readonly #waiting: (() => void)[] = []

  constructor(slice: TimeSlice) {
    this.#slice = slice
  }

  get isPaused(): boolean {
    return this.#pauses > 0
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
    let waiting = lines
    cutOff.addEventListener('abort', () => {
      waiting = ''
    })
    const taken = this.#taking.then(() => this.#take(from, waiting, cutOff))
    this.#taking = taken.catch(() => {}) // its own POST is answered with it
    return taken
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

  /** Resolves when the client may send more, or is gone. */
  whenReady(): Promise<void> {
    if (this.#pauses === 0 || this.#over) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Nothing more is taken. */
  end(): void {
    this.#over = true
    this.#goOn()
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

  #goOn(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
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
