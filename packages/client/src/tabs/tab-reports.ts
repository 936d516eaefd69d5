import type { ClientClock } from '../time/clock.js'
import { openTimer } from '../time/timer.js'
import type { Report } from './tab-message.js'

/**
 * How long a new leader waits for what the other tabs have, in milliseconds: a frozen one says
 * nothing.
 */
const reportTimeoutMs = 1_000

/** Gathers what the tabs have, until all have said it or have had their time. */
export class TabReports {
  readonly #clock: ClientClock
  readonly #awaited = new Set<number>()
  readonly #found: Report[] = []
  #done: (() => void) | undefined

  constructor(clock: ClientClock, tabs: Iterable<number>) {
    this.#clock = clock
    for (const tab of tabs) this.#awaited.add(tab)
  }

  /** A tab has said what it has. */
  add(tab: number, report: Report): void {
    this.#found.push(report)
    this.leave(tab)
  }

  /** A tab will say nothing any more. */
  leave(tab: number): void {
    this.#awaited.delete(tab)
    if (this.#awaited.size === 0) this.#done?.()
  }

  async gather(): Promise<readonly Report[]> {
    const timer = openTimer(this.#clock)
    await new Promise<void>((resolve) => {
      this.#done = resolve
      timer.set(reportTimeoutMs, resolve)
      if (this.#awaited.size === 0) resolve()
    })
    timer.stop()
    return this.#found
  }
}
