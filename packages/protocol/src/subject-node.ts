/**
 * A node of a `SubjectTree`. A tree may have a million leaves of 256 segments: a run of segments
 * that no other pattern leaves is one node, and unused fields stay undefined.
 */
export class SubjectNode<Value> {
  /** The segments from its parent to it, without `**`. */
  run: readonly string[]
  values: Set<Value> | undefined
  /** By the first segment of their runs, `*` included. */
  children: Map<string, SubjectNode<Value>> | undefined
  /** The child for a `**`. */
  many: SubjectNode<Value> | undefined

  constructor(run: readonly string[]) {
    this.run = run
  }

  get empty(): boolean {
    return !this.values && !this.children && !this.many
  }

  /** Returns the node that segments lead to from here, and creates it if it is missing. */
  reach(segments: readonly string[]): SubjectNode<Value> {
    let node: SubjectNode<Value> = this
    for (let at = 0; at < segments.length; ) {
      node = node.#step(segments, at)
      at += node.run.length || 1
    }
    return node
  }

  /**
   * Returns the nodes that segments lead through from here, this one first. Returns undefined if
   * they lead to no node.
   */
  path(segments: readonly string[]): SubjectNode<Value>[] | undefined {
    const path: SubjectNode<Value>[] = [this]
    for (let at = 0; at < segments.length; ) {
      const segment = segments[at] as string
      const node = path.at(-1)
      const next = segment === '**' ? node?.many : node?.children?.get(segment)
      if (!next?.run.every((own, i) => own === segments[at + i])) return undefined
      path.push(next)
      at += next.run.length || 1
    }
    return path
  }

  /** Removes a child if it is empty, or merges it with its only child. */
  prune(child: SubjectNode<Value>): void {
    const [first] = child.run
    if (first === undefined) {
      if (child.empty) this.many = undefined
      return
    }
    const grandchild = child.#onlyChild
    if (grandchild) {
      grandchild.run = [...child.run, ...grandchild.run]
      this.children?.set(first, grandchild)
    } else if (child.empty) {
      this.children?.delete(first)
      if (this.children?.size === 0) this.children = undefined
    }
  }

  get #onlyChild(): SubjectNode<Value> | undefined {
    if (this.values || this.many || this.children?.size !== 1) return undefined
    const [only] = this.children.values()
    return only
  }

  #step(segments: readonly string[], at: number): SubjectNode<Value> {
    const first = segments[at] as string
    if (first === '**') {
      this.many ??= new SubjectNode([])
      return this.many
    }
    this.children ??= new Map()
    const end = segments.indexOf('**', at)
    const run = segments.slice(at, end < 0 ? undefined : end)
    const child = this.children.get(first)
    const reached = child ? child.#fork(run) : new SubjectNode<Value>(run)
    this.children.set(first, reached)
    return reached
  }

  /** Returns the node at which a run leaves the run of this node, or this node if it does not. */
  #fork(run: readonly string[]): SubjectNode<Value> {
    const differs = this.run.findIndex((segment, i) => segment !== run[i])
    if (differs < 0) return this
    const fork = new SubjectNode<Value>(this.run.slice(0, differs))
    this.run = this.run.slice(differs)
    fork.children = new Map([[this.run[0] as string, this]])
    return fork
  }
}
