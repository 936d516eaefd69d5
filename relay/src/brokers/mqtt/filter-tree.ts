import { levelsOf } from './filters.js'

class Level<Value> {
  readonly below: Map<string, Level<Value>> = new Map()
  value: Value | undefined
}

/** Values under topic filters of which no two overlap, found by topic without a look at each. */
export class FilterTree<Value> {
  readonly #root: Level<Value> = new Level()

  set(filter: string, value: Value): void {
    let at = this.#root
    for (const level of levelsOf(filter)) {
      const next = at.below.get(level) ?? new Level()
      at.below.set(level, next)
      at = next
    }
    at.value = value
  }

  delete(filter: string): void {
    const path = [this.#root]
    const levels = levelsOf(filter)
    for (const level of levels) {
      const next = path.at(-1)?.below.get(level)
      if (!next) return
      path.push(next)
    }
    const last = path.at(-1) as Level<Value>
    last.value = undefined
    for (let i = levels.length; i > 0; i--) {
      const level = path[i] as Level<Value>
      if (level.value !== undefined || level.below.size > 0) return
      path[i - 1]?.below.delete(levels[i - 1] as string)
    }
  }

  /** Whether a filter overlaps one that is held. */
  meets(filter: string): boolean {
    return meets(this.#root, levelsOf(filter), 0)
  }

  /** The value whose filter matches a topic. */
  find(topic: string): Value | undefined {
    return find(this.#root, topic.split('/'), 0)
  }
}

function find<Value>(at: Level<Value>, topic: readonly string[], i: number): Value | undefined {
  // "a/#" matches "a", too.
  const all = at.below.get('#')?.value
  const level = topic[i]
  if (all !== undefined || level === undefined) return all ?? at.value
  for (const name of [level, '+']) {
    const next = at.below.get(name)
    const found = next && find(next, topic, i + 1)
    if (found !== undefined) return found
  }
  return undefined
}

function meets(at: Level<unknown>, filter: readonly string[], i: number): boolean {
  const level = filter[i]
  if (at.below.has('#')) return true
  if (level === undefined) return at.value !== undefined
  if (level === '#') return at.value !== undefined || at.below.size > 0
  const next = level === '+' ? [...at.below.values()] : [at.below.get(level), at.below.get('+')]
  return next.some((below) => below && meets(below, filter, i + 1))
}
