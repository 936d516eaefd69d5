import type { Pattern } from '@wildcast/protocol'

/** The most subjects that are remembered. */
const most = 10_000

/**
 * The subjects to which messages were added here, and whose logs may be longer than their rules: a
 * write does not trim each time.
 */
export class GrownLogs {
  readonly #subjects: Set<Pattern> = new Set()
  #overflowed = false

  get size(): number {
    return this.#subjects.size
  }

  add(subject: Pattern): void {
    if (this.#subjects.size < most) this.#subjects.add(subject)
    else this.#overflowed ||= !this.#subjects.has(subject)
  }

  /** Takes some of them. */
  take(count: number): readonly Pattern[] {
    const taken: Pattern[] = []
    for (const subject of this.#subjects) {
      if (taken.length === count) break
      taken.push(subject)
      this.#subjects.delete(subject)
    }
    return taken
  }

  /** Whether some were not remembered since the last call: then any log may be too long. */
  takeOverflow(): boolean {
    const overflowed = this.#overflowed
    this.#overflowed = false
    return overflowed
  }
}
