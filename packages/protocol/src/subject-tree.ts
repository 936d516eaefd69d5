import { isReserved, type Pattern, type Subject } from './subject.js'
import { SubjectMatch } from './subject-match.js'
import { SubjectNode } from './subject-node.js'

/**
 * Patterns → values, matched against a subject without scanning: the subject walks the tree of
 * segments, all branches at once, so that the work grows with the subject's length and the branches
 * it meets, not with the number of patterns.
 */
export class SubjectTree<Value> {
  readonly #root = new SubjectNode<Value>([])

  /** Whether no pattern is left. */
  get empty(): boolean {
    return this.#root.empty
  }

  /** Puts a value under a pattern; equal values count once. Returns the undo. */
  add(pattern: Pattern, value: Value): () => void {
    const node = this.#root.reach(pattern.split('.'))
    node.values ??= new Set()
    node.values.add(value)
    let held = true
    return () => {
      if (held) this.#remove(pattern, value) // an equal value may have come since
      held = false
    }
  }

  /** Every value whose pattern matches, each once, in no promised order. */
  match(subject: Subject): Value[] {
    const match = new SubjectMatch<Value>(subject.split('.'))
    match.begin(this.#root, !isReserved(subject))
    return [...match.found]
  }

  /** Takes a value out, and with it the nodes that lead nowhere else. */
  #remove(pattern: Pattern, value: Value): void {
    const path = this.#root.path(pattern.split('.'))
    const leaf = path?.at(-1)
    if (!path || !leaf?.values) return
    leaf.values.delete(value)
    if (leaf.values.size === 0) leaf.values = undefined
    for (let i = path.length - 1; i > 0; i--) path[i - 1]?.tidy(path[i] as SubjectNode<Value>)
  }
}
