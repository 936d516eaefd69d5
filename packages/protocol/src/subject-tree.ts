import { isReserved, type Pattern, type Subject } from './subject.js'

// A tree may have a million leaves: what a node does not need is not there.
class Node<Value> {
  values: Set<Value> | undefined
  literals: Map<string, Node<Value>> | undefined
  one: Node<Value> | undefined
  many: Node<Value> | undefined
  /** A `**` node stays reached whatever segment follows. */
  readonly repeats: boolean
  /** The step of a match in which it was last reached. */
  reachedIn = 0

  constructor(repeats: boolean) {
    this.repeats = repeats
  }

  get empty(): boolean {
    return !this.values && !this.literals && !this.one && !this.many
  }

  child(segment: string): Node<Value> | undefined {
    return segment === '*' ? this.one : segment === '**' ? this.many : this.literals?.get(segment)
  }

  /** Sets a child, or takes it away. */
  put(segment: string, child: Node<Value> | undefined): void {
    if (segment === '*') this.one = child
    else if (segment === '**') this.many = child
    else if (child) {
      this.literals ??= new Map()
      this.literals.set(segment, child)
    } else {
      this.literals?.delete(segment)
      if (this.literals?.size === 0) this.literals = undefined
    }
  }
}

/**
 * Patterns → values, matched against a subject without scanning: the subject walks the tree of
 * segments, all branches at once, so that the work grows with the subject's length and the branches
 * it meets, not with the number of patterns.
 */
export class SubjectTree<Value> {
  readonly #root = new Node<Value>(false)
  /**
   * Counts the steps of all matches. A node that remembers its last one is found again faster than
   * in a set.
   */
  #step = 0

  /** Whether no pattern is left. */
  get empty(): boolean {
    return this.#root.empty
  }

  /** Puts a value under a pattern; equal values count once. Returns the undo. */
  add(pattern: Pattern, value: Value): () => void {
    let node = this.#root
    for (const segment of pattern.split('.')) {
      const child = node.child(segment) ?? new Node<Value>(segment === '**')
      node.put(segment, child)
      node = child
    }
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
    let reached: Node<Value>[] = []
    let leadingWildcards = !isReserved(subject)
    if (leadingWildcards) enter(this.#root, reached, ++this.#step)
    else reached.push(this.#root)
    for (const segment of subject.split('.')) {
      const next: Node<Value>[] = []
      const step = ++this.#step
      for (const node of reached) {
        if (node.repeats) reach(node, next, step)
        enter(node.literals?.get(segment), next, step)
        if (leadingWildcards) enter(node.one, next, step)
      }
      reached = next
      leadingWildcards = true
    }
    const found: Set<Value> = new Set()
    for (const { values } of reached) for (const value of values ?? []) found.add(value)
    return [...found]
  }

  /** Takes a value out, and with it the nodes that lead nowhere else. */
  #remove(pattern: Pattern, value: Value): void {
    const path = [this.#root]
    const segments = pattern.split('.')
    for (const segment of segments) {
      const child = path.at(-1)?.child(segment)
      if (!child) return
      path.push(child)
    }
    const leaf = path.at(-1)
    leaf?.values?.delete(value)
    if (leaf?.values?.size === 0) leaf.values = undefined
    for (let i = segments.length; i > 0 && path[i]?.empty; i--) path[i - 1]?.put(segments[i - 1] as string, undefined)
  }
}

/** Reaches a node, and the `**` below it, which may stand for no segment at all. */
function enter<Value>(node: Node<Value> | undefined, reached: Node<Value>[], step: number): void {
  for (let at = node; at; at = at.many) reach(at, reached, step)
}

function reach<Value>(node: Node<Value>, reached: Node<Value>[], step: number): void {
  if (node.reachedIn === step) return
  node.reachedIn = step
  reached.push(node)
}
