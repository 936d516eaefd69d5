import { WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from '../../core/cancel.js'
import type { TimeSlice } from '../../core/time-slice.js'
import type { NumberedDialect } from './connection.js'

/** The frames that a client sends by POST, in order. */
export class PostedFrames {
  readonly #slice: TimeSlice
  /** The POST whose frames are being taken. The next one waits for it. */
  #taking: Promise<unknown> = Promise.resolve()
  #dialect: NumberedDialect | undefined
  #over = false
  /** The number of active pauses. */
  #pauses = 0
  /** Callbacks of unanswered POSTs. */
  readonly #waiting: (() => void)[] = []

  constructor(slice: TimeSlice) {
    this.#slice = slice
  }

  get isPaused(): boolean {
    return this.#pauses > 0
  }

  use(dialect: NumberedDialect): void {
    this.#dialect = dialect
  }

  /**
   * Takes frames, one per line. The first that counts (all but `Pong` and `Received`) has the
   * number `from`; known ones are skipped. Resolves with the number of all frames taken so far.
   * @param cutOff - aborted if waiting frames must be dropped
   * @throws {WildcastError} `invalid_frame` if earlier frames are missing; the reason of `cutOff`
   */
  take(from: number, lines: string, cutOff: CancelSignal): Promise<number> {
    let waiting = lines
    cutOff.addEventListener('abort', () => {
      waiting = ''
    })
    const taken = this.#taking.then(() => this.#take(from, waiting, cutOff))
    this.#taking = taken.catch(() => {}) // reported in the response to its own POST
    return taken
  }

  /** Holds the current POST and its response. The next POST waits for it. */
  pause(): () => void {
    this.#pauses++
    let over = false
    return () => {
      if (!over) this.#pauses--
      over = true
      if (this.#pauses === 0) this.#release()
    }
  }

  /** Resolves when the client may send more, or is gone. */
  whenReady(): Promise<void> {
    if (this.#pauses === 0 || this.#over) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Takes nothing more. */
  end(): void {
    this.#over = true
    this.#release()
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

  #release(): void {
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
