import type { JsonValue } from '@wildcast/protocol'
import type { Filter } from './filter.js'
import { isJsonList, isJsonObject, memberOf } from './json-condition.js'

/** The leaves of a condition besides scalars: `{}`, which any object matches, and `[]`. */
const anyObject = Symbol('{}')
const emptyList = Symbol('[]')

/** A leaf of a condition. Numbers are text: see `Filter`. */
type Leaf = string | boolean | null | typeof anyObject | typeof emptyList

type Path = readonly (string | number)[]

/** A leaf of a condition, and its place in it. */
interface Place {
  readonly path: Path
  readonly leaf: Leaf
}

/** The items that are found at one path. */
interface AtPath<Item> {
  readonly path: Path
  readonly items: Map<Leaf, Set<Item>>
}

/** An item that a filter selects. */
export interface Filtered {
  readonly filter: Pick<Filter, 'condition' | 'matchesJson'>
}

/**
 * Finds the filters that a payload may match, without a test of each. A filter is found by one of
 * its leaves: the one that the fewest others are found by, or the first of these.
 */
export class FilterIndex<Item extends Filtered> {
  /** By the JSON of the path. */
  readonly #paths: Map<string, AtPath<Item>> = new Map()
  readonly #places: Map<Item, Place> = new Map()

  get isEmpty(): boolean {
    return this.#paths.size + this.#places.size === 0
  }

  add(item: Item): void {
    const place = this.#placeFor(item)
    this.#places.set(item, place)
    const key = JSON.stringify(place.path)
    const at: AtPath<Item> = this.#paths.get(key) ?? { path: place.path, items: new Map() }
    this.#paths.set(key, at)
    const items = at.items.get(place.leaf) ?? new Set()
    at.items.set(place.leaf, items.add(item))
  }

  remove(item: Item): void {
    const place = this.#places.get(item)
    this.#places.delete(item)
    if (!place) return
    const key = JSON.stringify(place.path)
    const items = this.#paths.get(key)?.items
    const alike = items?.get(place.leaf)
    alike?.delete(item)
    if (alike?.size === 0) items?.delete(place.leaf)
    if (items?.size === 0) this.#paths.delete(key)
  }

  /** Returns the items whose filters a parsed payload matches. */
  matching(json: unknown): readonly Item[] {
    const found: Item[] = []
    const test = (item: Item): void => {
      if (item.filter.matchesJson(json)) found.push(item)
    }
    for (const { path, items } of this.#paths.values()) {
      const leaf = leafFor(valueAt(json, path))
      if (leaf !== undefined) items.get(leaf)?.forEach(test)
    }
    return found
  }

  #placeFor({ filter }: Item): Place {
    const [first, ...more] = placesIn(filter.condition)
    if (!first) throw new TypeError('a condition has a leaf')
    let least = { place: first, count: this.#countAt(first) }
    for (const place of more) {
      const count = this.#countAt(place)
      if (count < least.count) least = { place, count }
    }
    return least.place
  }

  #countAt({ path, leaf }: Place): number {
    return this.#paths.get(JSON.stringify(path))?.items.get(leaf)?.size ?? 0
  }
}

/** The leaves of a condition, in order. */
function placesIn(condition: JsonValue, path: Path = []): readonly Place[] {
  const parts: readonly (readonly [string | number, JsonValue])[] = Array.isArray(condition)
    ? [...condition.entries()]
    : Object.entries(typeof condition === 'object' ? (condition ?? {}) : {})
  if (parts.length > 0) return parts.flatMap(([step, part]) => placesIn(part, [...path, step]))
  const leaf = leafFor(condition)
  return leaf === undefined ? [] : [{ path, leaf }]
}

/** Returns the leaf of conditions that a value matches; undefined if it matches none. */
function leafFor(value: unknown): Leaf | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined
  if (isJsonList(value)) return value.length === 0 ? emptyList : undefined
  return isJsonObject(value) ? anyObject : undefined
}

function valueAt(json: unknown, path: Path): unknown {
  let value = json
  for (const step of path) value = memberOf(value, step)
  return value
}
