import type { Settle } from './broker.js'
import type { WrittenFrames } from './sequence.js'

/** Writes whose outcome is awaited and that have not left the process, in order. */
export class PendingWrites {
  readonly #pending: Set<NonNullable<WrittenFrames['outcomes']>> = new Set()

  /** Returns the function to call with whether they have left. */
  add(outcomes: NonNullable<WrittenFrames['outcomes']>): Settle {
    this.#pending.add(outcomes)
    return (written) => {
      if (!this.#pending.delete(outcomes)) return
      for (const outcome of outcomes) outcome?.settle(written)
    }
  }

  /** The connection is lost: offers their messages to others, in order. */
  abandon(): void {
    const lost = [...this.#pending].flat()
    this.#pending.clear()
    for (const outcome of lost) outcome?.settle(false)
  }
}
