import type { Clock } from '../../core/clock.js'
import type { Soon } from '../../core/store.js'

/** Milliseconds that pages may take in one turn of the event loop. The last one may exceed them. */
const mostOfTurnMs = 5

/**
 * Bounds the time of one turn of the event loop that pages take: one is short, but a client may ask
 * for a thousand at once. The others are read in later turns, in order.
 */
export class PageTurns {
  readonly #clock: Pick<Clock, 'now' | 'endOfTurn'>
  readonly #waiting: Set<() => void> = new Set()
  #spentMs = 0
  #isScheduled = false

  constructor(clock: Pick<Clock, 'now' | 'endOfTurn'>) {
    this.#clock = clock
  }

  /** Reads a page: at once if there is time left in this turn. */
  run<Page>(read: () => Page): Soon<Page> {
    if (this.#waiting.size === 0 && this.#spentMs < mostOfTurnMs) return this.#timed(read)
    return new Promise((resolve, reject) => {
      const run = (): void => {
        this.#waiting.delete(run)
        try {
          resolve(this.#timed(read))
        } catch (cause) {
          reject(cause)
        }
      }
      this.#waiting.add(run)
    })
  }

  #timed<Page>(read: () => Page): Page {
    const from = this.#clock.now()
    this.#schedule()
    try {
      return read()
    } finally {
      this.#spentMs += this.#clock.now() - from
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    this.#clock.endOfTurn(() => {
      this.#isScheduled = false
      this.#spentMs = 0
      for (const run of this.#waiting) {
        if (this.#spentMs >= mostOfTurnMs) return
        run()
      }
    })
  }
}
