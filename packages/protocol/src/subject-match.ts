import { type Places, Positions } from './positions.js'
import type { SubjectNode } from './subject-node.js'

/** Up to this count, places are visited one by one, since that is faster. */
const fewPlaces = 8

/**
 * Finds the values whose patterns match one subject. Visits each node at most once, whatever the
 * wildcards: with one place in the subject up to the first `**`, then with a set of places. Short
 * subjects are the exception.
 */
export class SubjectMatch<Value> {
  readonly found: Set<Value> = new Set()
  readonly #segments: readonly string[]
  /** Created for the first `**` that needs it. */
  #positions: Positions | undefined

  constructor(segments: readonly string[]) {
    this.#segments = segments
  }

  /** Searches from the root; without its wildcards if `leadingWildcards` is false. */
  begin(root: SubjectNode<Value>, leadingWildcards: boolean): void {
    if (leadingWildcards) this.#visit(root, 0)
    else this.#enter(root.children?.get(this.#segments[0] as string), 0)
  }

  #visit(node: SubjectNode<Value>, place: number): void {
    const segment = this.#segments[place]
    if (segment === undefined) this.#addAll(node.values)
    if (node.children && segment !== undefined) {
      this.#enter(node.children.get(segment), place)
      this.#enter(node.children.get('*'), place)
    }
    if (node.many) this.#visitFrom(node.many, place)
  }

  /** Visits the node of a `**` from a place and from all places after it. */
  #visitFrom(many: SubjectNode<Value>, place: number): void {
    this.#addAll(many.values)
    if (!many.children) return
    const { length } = this.#segments
    if (length - place > fewPlaces) this.#visitAll(many, this.#allPositions.from(place))
    else for (let at = place; at < length; at++) this.#visit(many, at)
  }

  #enter(node: SubjectNode<Value> | undefined, place: number): void {
    if (!node) return
    let at = place
    for (const segment of node.run) {
      const found = this.#segments[at++]
      if (found === undefined || (segment !== '*' && segment !== found)) return
    }
    this.#visit(node, at)
  }

  /** Visits a node from many places. */
  #visitAll(node: SubjectNode<Value>, places: Places): void {
    const positions = this.#allPositions
    if (node.values && positions.reachesEnd(places)) this.#addAll(node.values)
    if (node.many) this.#visitAll(node.many, positions.fromFirstOf(places))
    const { children } = node
    if (!children) return
    // Iterates over the fewer: the children, or the distinct segments of the subject.
    if (children.size <= positions.bySegment.size) for (const child of children.values()) this.#enterAll(child, places)
    else for (const segment of positions.bySegment.keys()) this.#enterAll(children.get(segment), places)
  }

  #enterAll(node: SubjectNode<Value> | undefined, places: Places): void {
    const reached = node && this.#allPositions.after(node.run, places)
    if (reached) this.#visitAll(node, reached)
  }

  #addAll(values: Set<Value> | undefined): void {
    if (values) for (const value of values) this.found.add(value)
  }

  get #allPositions(): Positions {
    this.#positions ??= new Positions(this.#segments)
    return this.#positions
  }
}
