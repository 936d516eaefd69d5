import type { Clock } from './clock.js'

/** Milliseconds that the input of clients may take in one turn of the event loop. */
const sliceMs = 8

/** The clock is read after so many pieces of input, or fewer that are larger. */
const piecesUntilLook = 16
const bytesOfPiece = 4096

/** Of so many turns one is left to input, while what it has begun goes on. */
const turnsForInput = 4

interface First {
  readonly run: () => void
  readonly alone: boolean
}

interface Waiting {
  readonly run: () => void
  /** What it does comes after `run`, as a promise is heard of, and takes the time of those behind it. */
  readonly alone?: boolean
}

/**
 * The time that the input of all clients may take in one turn of the event loop. What is left waits
 * for the next turns, so that no input keeps others from being served.
 */
export class TimeSlice {
  readonly #clock: Clock
  #pieces = 0
  /** When this turn was first looked at. */
  #since: number | undefined
  #open = true
  /** Those with input that waits, in the order in which they came. */
  #waiting: Waiting[] = []
  /** What input has begun goes on before more input is admitted. */
  #first: First | undefined
  /** For how many turns that has gone on. */
  #firstTurns = 0
  /** Whether this turn is left to input. */
  #yields = false
  #awaited = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether input of so many bytes may be handled in this turn. If not, it waits: see `later`. */
  admits(bytes: number): boolean {
    if (!this.#takesInput) return false
    this.#pieces += 1 + bytes / bytesOfPiece
    if (this.#open && this.#pieces >= piecesUntilLook) {
      this.#look()
      this.#await() // whose end begins the count of time again
    }
    return this.#open
  }

  /**
   * Runs something in one of the next turns, before all that waits. Until then nothing is admitted,
   * but for a turn of input now and then, so that floods of a broker keep no client from being read.
   * @param alone - not even that: too much has been begun already
   */
  first(run: () => void, alone = false): void {
    this.#first = { run, alone }
    this.#await()
  }

  /** Whether something that input has begun still waits, see `first`. */
  get isBehind(): boolean {
    return this.#first !== undefined
  }

  /** Runs something in a later turn, after those who came before. */
  later(run: () => void): void {
    this.#waiting.push({ run })
    this.#await()
  }

  /** Resolves in a later turn, which others who wait so don't share. */
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

  #look(): void {
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

  /** A new turn: those who waited go first. */
  #next(): void {
    this.#since = undefined
    this.#look()
    this.#runFirst()
    const waiting = this.#waiting
    this.#waiting = []
    let next = 0
    for (let alone = false; next < waiting.length && !alone && this.#open && this.#takesInput; next++) {
      const one = waiting[next]
      one?.run()
      alone = one?.alone === true
      this.#look()
    }
    // Before those who have come meanwhile. While some wait, what comes in this turn waits behind
    // them.
    this.#waiting = [...waiting.slice(next), ...this.#waiting]
    if (this.#waiting.length > 0 || this.#first || !this.#open) this.#await()
    else this.#since = undefined // the loop may be idle now
  }
}
