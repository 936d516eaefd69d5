import type { Clock } from './clock.js'

/** Milliseconds that the input of clients may take in one turn of the event loop. */
const sliceMs = 8

/** The clock is read after this many pieces of input, or fewer larger ones. */
const piecesUntilRead = 16
const bytesOfPiece = 4096

/** While begun work continues, one turn of this many is left to input. */
const turnsForInput = 4

interface First {
  readonly run: () => void
  readonly alone: boolean
}

interface Waiting {
  readonly run: () => void
  /** Its work follows after `run`, in a promise's callback, and takes the rest of the turn. */
  readonly alone?: boolean
}

/**
 * Bounds the time that the input of all clients may take in one turn of the event loop. The rest
 * waits for later turns, so that no input starves others.
 */
export class TimeSlice {
  readonly #clock: Clock
  #pieces = 0
  /** When the clock was first read in this turn. */
  #since: number | undefined
  #open = true
  /** Callbacks of waiting input, in order of arrival. */
  #waiting: Waiting[] = []
  /** Work begun by input, which continues before more input is admitted. */
  #first: First | undefined
  /** The number of turns that it has continued. */
  #firstTurns = 0
  /** Whether this turn is left to input. */
  #yields = false
  #awaited = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Returns whether `bytes` of input may be handled in this turn. If not, it must wait: see
   * `later`.
   */
  admits(bytes: number): boolean {
    if (!this.#takesInput) return false
    this.#pieces += 1 + bytes / bytesOfPiece
    if (this.#open && this.#pieces >= piecesUntilRead) {
      this.#readClock()
      this.#await() // its end restarts the time
    }
    return this.#open
  }

  /**
   * Runs a callback in one of the next turns, before all that waits. Until then no input is
   * admitted, except in a turn now and then, so that floods of a broker starve no client.
   * @param alone - no such turn, since too much work has begun
   */
  first(run: () => void, alone = false): void {
    this.#first = { run, alone }
    this.#await()
  }

  /** Whether work that input has begun still waits: see `first`. */
  get isBehind(): boolean {
    return this.#first !== undefined
  }

  /** Runs a callback in a later turn, after earlier ones. */
  later(run: () => void): void {
    this.#waiting.push({ run })
    this.#await()
  }

  /** Resolves in a later turn. No two callers share one. */
  turn(): Promise<void> {
    return new Promise((run) => {
      this.#waiting.push({ run, alone: true })
      this.#await()
    })
  }

  get #takesInput(): boolean {
    return !this.#first || this.#yields
  }

  #runFirst(): void {
    const first = this.#first
    this.#firstTurns = first ? this.#firstTurns + 1 : 0
    this.#yields = first?.alone === false && this.#firstTurns % turnsForInput === 0
    if (!first || this.#yields) return
    this.#first = undefined
    first.run()
  }

  #readClock(): void {
    this.#pieces = 0
    const now = this.#clock.now()
    this.#since ??= now
    this.#open = now - this.#since < sliceMs
  }

  #await(): void {
    if (this.#awaited) return
    this.#awaited = true
    this.#clock.endOfTurn(() => {
      this.#awaited = false
      this.#next()
    })
  }

  /** Begins a turn: waiting callbacks run first. */
  #next(): void {
    this.#since = undefined
    this.#readClock()
    this.#runFirst()
    const waiting = this.#waiting
    this.#waiting = []
    let next = 0
    for (let alone = false; next < waiting.length && !alone && this.#open && this.#takesInput; next++) {
      const one = waiting[next]
      one?.run()
      alone = one?.alone === true
      this.#readClock()
    }
    // They precede callbacks that were added meanwhile. While any wait, input of this turn waits
    // behind them.
    this.#waiting = [...waiting.slice(next), ...this.#waiting]
    if (this.#waiting.length > 0 || this.#first || !this.#open) this.#await()
    else this.#since = undefined // the loop may be idle now
  }
}
