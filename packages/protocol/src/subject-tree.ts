import { isReserved, type Pattern, type Subject } from './subject.js'

class Node<Value> {
  readonly values: Set<Value> = new Set()
  readonly literals: Map<string, Node<Value>> = new Map()
  one: Node<Value> | undefined
  many: Node<Value> | undefined
  /** A `**` node stays reached whatever segment follows. */
  readonly repeats: boolean

  constructor(repeats: boolean) {
    this.repeats = repeats
  }

  get empty(): boolean {
    return this.values.size === 0 && this.literals.size === 0 && !this.one && !this.many
  }
}

/**
 * Patterns → values, matched against a subject without scanning: the subject walks the tree of segments, all branches at once, so that the work grows with
 * the subject's length and the branches it meets, not with the number of patterns.
 */
export class SubjectTree<Value> {
  readonly #root = new Node<Value>(false)

  /** Whether no pattern is left. */
  get empty(): boolean {
    return this.#root.empty
  }

  /** Puts a value under a pattern; equal values count once. Returns the undo. */
  add(pattern: Pattern, value: Value): () => void {
    const path = [this.#root]
    const segments = pattern.split('.')
    for (const segment of segments) path.push(childOf(path.at(-1) as Node<Value>, segment))
    path.at(-1)?.values.add(value)
    let held = true
    return () => {
      if (!held) return // an equal value may have come since
      held = false
      path.at(-1)?.values.delete(value)
      for (let i = segments.length; i > 0 && path[i]?.empty; i--)
        dropChild(path[i - 1] as Node<Value>, segments[i - 1] as string, path[i] as Node<Value>)
    }
  }

  /** Every value whose pattern matches, each once, in no promised order. */
  match(subject: Subject): Value[] {
    let reached: Set<Node<Value>> = new Set()
    if (isReserved(subject)) reached.add(this.#root)
    else enter(this.#root, reached)
    let leadingWildcards = !isReserved(subject)
    for (const segment of subject.split('.')) {
      const next: Set<Node<Value>> = new Set()
      for (const node of reached) {
        if (node.repeats) next.add(node)
        enter(node.literals.get(segment), next)
        if (leadingWildcards) enter(node.one, next)
      }
      reached = next
      leadingWildcards = true
    }
    const found: Set<Value> = new Set()
    for (const node of reached) for (const value of node.values) found.add(value)
    return [...found]
  }
}

/** Marks a node as reached, and the `**` below it, which may stand for no segment at all. */
function enter<Value>(node: Node<Value> | undefined, reached: Set<Node<Value>>): void {
  for (let at = node; at; at = at.many) reached.add(at)
}

function childOf<Value>(node: Node<Value>, segment: string): Node<Value> {
  const present = segment === '*' ? node.one : segment === '**' ? node.many : node.literals.get(segment)
  if (present) return present
  const child = new Node<Value>(segment === '**')
  if (segment === '*') node.one = child
  else if (segment === '**') node.many = child
  else node.literals.set(segment, child)
  return child
}

function dropChild<Value>(parent: Node<Value>, segment: string, child: Node<Value>): void {
  if (parent.one === child) parent.one = undefined
  else if (parent.many === child) parent.many = undefined
  else if (parent.literals.get(segment) === child) parent.literals.delete(segment)
}
