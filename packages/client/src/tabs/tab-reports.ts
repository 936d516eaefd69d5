import type { ClientClock } from '../time/clock.js'
import { openTimer } from '../time/timer.js'
import type { Report } from './tab-message.js'

/**
 * How long a new leader waits for the reports of the other tabs, in milliseconds: a frozen tab
 * sends none.
 */
const reportTimeoutMs = 1_000

/** Collects the reports of the tabs until all have reported or the time is over. */
export class TabReports {
  readonly #clock: ClientClock
  readonly #awaited = new Set<number>()
  readonly #found: Report[] = []
  #done: (() => void) | undefined

  constructor(clock: ClientClock, tabs: Iterable<number>) {
    this.#clock = clock
    for (const tab of tabs) this.#awaited.add(tab)
  }

  /** Adds the report of a tab. */
  add(tab: number, report: Report): void {
    this.#found.push(report)
    this.leave(tab)
  }

  /** No report of this tab is expected any longer. */
  leave(tab: number): void {
    this.#awaited.delete(tab)
    if (this.#awaited.size === 0) this.#done?.()
  }

  /** Resolves with the reports. */
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
