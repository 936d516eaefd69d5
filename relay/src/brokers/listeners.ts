import { type BrokerMessage, intersecting, isExact, type Pattern, SubjectTree } from '@wildcast/protocol'

export type Deliver = (message: BrokerMessage) => void

/** Whoever is reached by a publish. */
interface Listening {
  readonly pattern: Pattern
  readonly deliver: Deliver
}

/** Listeners that are remembered with their subjects, and one more for each subject. */
const mostRemembered = 100_000

/** Listeners by their patterns. */
export class Listeners {
  readonly #byPattern: SubjectTree<Listening> = new SubjectTree()
  readonly #all: Set<Listening> = new Set()
  /** Who listens to the subjects of late, until somebody comes or leaves. */
  readonly #remembered: Map<string, readonly Listening[]> = new Map()
  #weight = 0

  /** Returns the undo. */
  add(pattern: Pattern, deliver: Deliver): () => void {
    const listener: Listening = { pattern, deliver }
    const leave = this.#byPattern.add(pattern, listener)
    this.#all.add(listener)
    this.#forget()
    return () => {
      leave()
      this.#all.delete(listener)
      this.#forget()
    }
  }

  /**
   * Those who listen to a subject; for a pattern those whose own overlaps it, which takes a look at
   * each.
   */
  at(subject: Pattern): readonly Listening[] {
    const remembered = this.#remembered.get(subject)
    if (remembered) return remembered
    const found = isExact(subject) ? this.#byPattern.match(subject) : this.#overlapping(subject)
    // To forget all is cheaper than to choose, and those of late are soon back.
    if (this.#weight >= mostRemembered) this.#forget()
    this.#weight += found.length + 1
    this.#remembered.set(subject, found)
    return found
  }

  #overlapping(pattern: Pattern): Listening[] {
    const meets = intersecting(pattern)
    return [...this.#all].filter((listener) => meets(listener.pattern))
  }

  #forget(): void {
    this.#remembered.clear()
    this.#weight = 0
  }
}
