import { intersects, isExact, type Message, type Pattern, SubjectTree } from '@wildcast/protocol'

export type Deliver = (message: Message) => void

/** Whoever is reached by a publish. */
interface Listening {
  readonly pattern: Pattern
  readonly deliver: Deliver
}

/** Listeners by their patterns. */
export class Listeners {
  readonly #byPattern: SubjectTree<Listening> = new SubjectTree()
  readonly #all: Set<Listening> = new Set()

  /** Returns the undo. */
  add(pattern: Pattern, deliver: Deliver): () => void {
    const listener: Listening = { pattern, deliver }
    const leave = this.#byPattern.add(pattern, listener)
    this.#all.add(listener)
    return () => {
      leave()
      this.#all.delete(listener)
    }
  }

  /** Those who listen to a subject; for a pattern those whose own overlaps it, which takes a look at each. */
  at(subject: Pattern): readonly Listening[] {
    if (isExact(subject)) return this.#byPattern.match(subject)
    return [...this.#all].filter(({ pattern }) => intersects(pattern, subject))
  }
}
