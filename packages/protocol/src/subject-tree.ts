import { isReserved, type Pattern, type Subject } from './subject.js'
import { SubjectMatch } from './subject-match.js'
import { SubjectNode } from './subject-node.js'

/**
 * Maps patterns to values, and matches a subject without a scan: it follows all branches of the
 * tree of segments at once, so that the work grows with the subject's length and the branches on
 * its way, not with the number of patterns.
 */
export class SubjectTree<Value> {
  readonly #root = new SubjectNode<Value>([])

  /** Whether no pattern is left. */
  get empty(): boolean {
    return this.#root.empty
  }

  /** Adds a value under a pattern; equal values count once. Returns a function that removes it. */
  add(pattern: Pattern, value: Value): () => void {
    const node = this.#root.reach(pattern.split('.'))
    node.values ??= new Set()
    node.values.add(value)
    let isAdded = true
    return () => {
      if (isAdded) this.#remove(pattern, value) // an equal value may have been added since
      isAdded = false
    }
  }

  /** Returns every value whose pattern matches, each once, in no defined order. */
  match(subject: Subject): Value[] {
    const match = new SubjectMatch<Value>(subject.split('.'))
    match.begin(this.#root, !isReserved(subject))
    return [...match.found]
  }

  /** Removes a value, and the nodes that are empty without it. */
  #remove(pattern: Pattern, value: Value): void {
    const path = this.#root.path(pattern.split('.'))
    const leaf = path?.at(-1)
    if (!path || !leaf?.values) return
    leaf.values.delete(value)
    if (leaf.values.size === 0) leaf.values = undefined
    for (let i = path.length - 1; i > 0; i--) path[i - 1]?.prune(path[i] as SubjectNode<Value>)
  }
}
