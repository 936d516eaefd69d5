import { intersects, isExact, type Message, type Pattern, SubjectTree } from '@wildcast/protocol'

/** Whoever is reached by a publish. */
export interface Listener {
  readonly pattern: Pattern
  readonly deliver: (message: Message) => void
}

/** Listeners by their patterns. */
export class Listeners {
  readonly #byPattern: SubjectTree<Listener> = new SubjectTree()
  readonly #all: Set<Listener> = new Set()

  /** Returns the undo. */
  add(pattern: Pattern, deliver: Listener['deliver']): () => void {
    const listener: Listener = { pattern, deliver }
    const leave = this.#byPattern.add(pattern, listener)
    this.#all.add(listener)
    return () => {
      leave()
      this.#all.delete(listener)
    }
  }

  /** Those who listen to a subject; for a pattern those whose own overlaps it, which takes a look at each. */
  at(subject: Pattern): readonly Listener[] {
    if (isExact(subject)) return this.#byPattern.match(subject)
    return [...this.#all].filter(({ pattern }) => intersects(pattern, subject))
  }
}
