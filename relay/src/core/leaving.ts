import type { Settle } from './broker.js'
import type { Written } from './sequence.js'

/** What was written and has not left the process, in order, of what anything waits for. */
export class Leaving {
  readonly #leaving: Set<NonNullable<Written['settles']>> = new Set()

  /** Returns what is to be called once it is known whether they have left. */
  add(settles: NonNullable<Written['settles']>): Settle {
    this.#leaving.add(settles)
    return (written) => {
      if (!this.#leaving.delete(settles)) return
      for (const settle of settles) settle?.(written)
    }
  }

  /** The connection is lost: it is offered to others, in order. */
  abandon(): void {
    const lost = [...this.#leaving].flat()
    this.#leaving.clear()
    for (const settle of lost) settle?.(false)
  }
}
