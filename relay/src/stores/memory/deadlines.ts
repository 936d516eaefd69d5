import type { Clock } from '../../core/clock.js'

/** Work that is due at a time. */
export interface Deadline {
  /** The time, by the monotonic clock. Set by `Deadlines`. */
  at: number
  /** Its place in the heap, or -1. Set by `Deadlines`. */
  place: number
  /** Does the work. It may set and delete deadlines, its own too. */
  due(): void
}

/** Timers of Node and browsers can't be longer. */
const longestTimerMs = 2 ** 31 - 1

/** The most work of one turn of the event loop, so that clients are served in between. */
const mostOfTurn = 1000

/** Returns a deadline that is not set. */
export function newDeadline(due: () => void): Deadline {
  return { at: 0, place: -1, due }
}

/** Runs work when it is due, with one timer for all: a heap, whose root is the next. */
export class Deadlines {
  readonly #clock: Pick<Clock, 'now' | 'after'>
  readonly #heap: Deadline[] = []
  #stopTimer: (() => void) | undefined
  #timerAt = 0

  constructor(clock: Pick<Clock, 'now' | 'after'>) {
    this.#clock = clock
  }

  /** Sets a deadline `ms` from now, or moves it there. */
  set(deadline: Deadline, ms: number): void {
    this.#remove(deadline)
    deadline.at = this.#clock.now() + ms
    this.#raise(deadline, this.#heap.length)
    this.#setTimer()
  }

  /** Deletes a deadline, if it is set. */
  delete(deadline: Deadline): void {
    this.#remove(deadline)
    if (this.#heap.length === 0) this.close()
  }

  /** Stops the timer. */
  close(): void {
    this.#stopTimer?.()
    this.#stopTimer = undefined
  }

  #setTimer(): void {
    const next = this.#heap[0]
    if (!next || (this.#stopTimer && this.#timerAt <= next.at)) return
    this.close()
    this.#timerAt = next.at
    const ms = Math.min(Math.max(0, next.at - this.#clock.now()), longestTimerMs)
    this.#stopTimer = this.#clock.after(ms, () => {
      this.#stopTimer = undefined
      this.#run()
    })
  }

  #run(): void {
    const now = this.#clock.now()
    for (let done = 0; done < mostOfTurn; done++) {
      const next = this.#heap[0]
      if (!next || next.at > now) break
      this.#remove(next)
      next.due()
    }
    this.#setTimer()
  }

  #remove(deadline: Deadline): void {
    const { place } = deadline
    if (place < 0) return
    deadline.place = -1
    const last = this.#heap.pop()
    if (!last || last === deadline) return
    if (place > 0 && last.at < this.#atOf((place - 1) >> 1)) this.#raise(last, place)
    else this.#lower(last, place)
  }

  /** Puts a deadline into a place, or above it. */
  #raise(deadline: Deadline, from: number): void {
    let place = from
    while (place > 0) {
      const above = this.#heap[(place - 1) >> 1] as Deadline
      if (above.at <= deadline.at) break
      this.#put(above, place)
      place = (place - 1) >> 1
    }
    this.#put(deadline, place)
  }

  /** Puts a deadline into a place, or below it. */
  #lower(deadline: Deadline, from: number): void {
    let place = from
    for (;;) {
      const left = 2 * place + 1
      const below = this.#atOf(left + 1) < this.#atOf(left) ? left + 1 : left
      if (deadline.at <= this.#atOf(below)) break
      this.#put(this.#heap[below] as Deadline, place)
      place = below
    }
    this.#put(deadline, place)
  }

  #put(deadline: Deadline, place: number): void {
    this.#heap[place] = deadline
    deadline.place = place
  }

  #atOf(place: number): number {
    return this.#heap[place]?.at ?? Number.POSITIVE_INFINITY
  }
}
