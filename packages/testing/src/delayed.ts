import type { Clock } from '@wildcast/relay/core'

/** Runs tasks in order, each after a delay: a later one never overtakes an earlier one. */
export class Delayed {
  readonly #clock: Clock
  readonly #delayMs: () => number
  #waiting = 0
  #lastAt = 0
  #dropped = false

  /** @param delayMs - of the tasks from now on, in milliseconds */
  constructor(clock: Clock, delayMs: () => number) {
    this.#clock = clock
    this.#delayMs = delayMs
  }

  /** Runs at once if there is no delay. */
  run(task: () => void): void {
    if (this.#dropped) return
    const delayMs = this.#delayMs()
    if (delayMs === 0 && this.#waiting === 0) {
      task()
      return
    }
    this.#waiting++
    const now = this.#clock.now()
    this.#lastAt = Math.max(this.#lastAt, now + delayMs)
    this.#clock.after(this.#lastAt - now, () => {
      this.#waiting--
      if (!this.#dropped) task()
    })
  }

  /** Runs nothing more. */
  drop(): void {
    this.#dropped = true
  }
}
