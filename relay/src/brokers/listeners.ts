import { type BrokerMessage, intersecting, isExact, type Pattern, SubjectTree } from '@wildcast/protocol'

export type Deliver = (message: BrokerMessage) => void

/** A subscriber. */
interface Entry {
  readonly pattern: Pattern
  readonly deliver: Deliver
}

/** The limit of the cache: its listeners, and one more for each subject. */
const mostCached = 100_000

/** Listeners by their patterns. */
export class Listeners {
  readonly #byPattern: SubjectTree<Entry> = new SubjectTree()
  readonly #all: Set<Entry> = new Set()
  /** The results for recent subjects, until a listener is added or removed. */
  readonly #cache: Map<string, readonly Entry[]> = new Map()
  #weight = 0

  /** Returns the undo. */
  add(pattern: Pattern, deliver: Deliver): () => void {
    const listener: Entry = { pattern, deliver }
    const leave = this.#byPattern.add(pattern, listener)
    this.#all.add(listener)
    this.#clearCache()
    return () => {
      leave()
      this.#all.delete(listener)
      this.#clearCache()
    }
  }

  /**
   * Returns the listeners of a subject, or of a pattern those whose pattern overlaps it. A pattern
   * is compared with each listener.
   */
  at(subject: Pattern): readonly Entry[] {
    const cached = this.#cache.get(subject)
    if (cached) return cached
    const found = isExact(subject) ? this.#byPattern.match(subject) : this.#overlapping(subject)
    // Clearing is cheaper than choosing, and recent subjects are soon cached again.
    if (this.#weight >= mostCached) this.#clearCache()
    this.#weight += found.length + 1
    this.#cache.set(subject, found)
    return found
  }

  #overlapping(pattern: Pattern): Entry[] {
    const meets = intersecting(pattern)
    return [...this.#all].filter((listener) => meets(listener.pattern))
  }

  #clearCache(): void {
    this.#cache.clear()
    this.#weight = 0
  }
}
