import type { Settle } from './broker.js'
import type { WrittenFrames } from './sequence.js'

/** What was written and has not left the process, in order, of what anything waits for. */
export class Leaving {
  readonly #leaving: Set<NonNullable<WrittenFrames['fates']>> = new Set()

  /** Returns what is to be called once it is known whether they have left. */
  add(fates: NonNullable<WrittenFrames['fates']>): Settle {
    this.#leaving.add(fates)
    return (written) => {
      if (!this.#leaving.delete(fates)) return
      for (const fate of fates) fate?.settle(written)
    }
  }

  /** The connection is lost: it is offered to others, in order. */
  abandon(): void {
    const lost = [...this.#leaving].flat()
    this.#leaving.clear()
    for (const fate of lost) fate?.settle(false)
  }
}
