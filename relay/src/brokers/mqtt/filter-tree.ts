import { levelsOf } from './filters.js'

class Level<Value> {
  readonly next: Map<string, Level<Value>> = new Map()
  value: Value | undefined
}

/** Values by topic filters that do not overlap. A lookup does not visit each filter. */
export class FilterTree<Value> {
  readonly #root: Level<Value> = new Level()

  set(filter: string, value: Value): void {
    let at = this.#root
    for (const level of levelsOf(filter)) {
      const child = at.next.get(level) ?? new Level()
      at.next.set(level, child)
      at = child
    }
    at.value = value
  }

  delete(filter: string): void {
    const path = [this.#root]
    const levels = levelsOf(filter)
    for (const level of levels) {
      const child = path.at(-1)?.next.get(level)
      if (!child) return
      path.push(child)
    }
    const last = path.at(-1) as Level<Value>
    last.value = undefined
    for (let i = levels.length; i > 0; i--) {
      const level = path[i] as Level<Value>
      if (level.value !== undefined || level.next.size > 0) return
      path[i - 1]?.next.delete(levels[i - 1] as string)
    }
  }

  /** Whether a filter overlaps one of the tree. */
  overlaps(filter: string): boolean {
    return overlaps(this.#root, levelsOf(filter), 0)
  }

  /** Returns the value whose filter matches a topic. */
  find(topic: string): Value | undefined {
    return find(this.#root, topic.split('/'), 0)
  }
}

function find<Value>(at: Level<Value>, topic: readonly string[], i: number): Value | undefined {
  // "a/#" matches "a", too.
  const all = at.next.get('#')?.value
  const level = topic[i]
  if (all !== undefined || level === undefined) return all ?? at.value
  for (const name of [level, '+']) {
    const child = at.next.get(name)
    const found = child && find(child, topic, i + 1)
    if (found !== undefined) return found
  }
  return undefined
}

function overlaps(at: Level<unknown>, filter: readonly string[], i: number): boolean {
  const level = filter[i]
  if (at.next.has('#')) return true
  if (level === undefined) return at.value !== undefined
  if (level === '#') return at.value !== undefined || at.next.size > 0
  const children = level === '+' ? [...at.next.values()] : [at.next.get(level), at.next.get('+')]
  return children.some((child) => child && overlaps(child, filter, i + 1))
}
