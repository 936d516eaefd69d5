import type { JsonValue } from '@wildcast/protocol'
import type { Filter } from './filter.js'
import { memberOf } from './json-condition.js'

/** A scalar of a condition. Numbers are text: see `Filter`. */
type Scalar = string | boolean | null

type Path = readonly (string | number)[]

/** A scalar of a condition, and its place in it. */
interface Place {
  readonly path: Path
  readonly value: Scalar
}

/** The items whose filters have a scalar at one path. */
interface AtPath<Item> {
  readonly path: Path
  readonly items: Map<Scalar, Set<Item>>
}

/** An item that a filter selects. */
export interface Filtered {
  readonly filter: Pick<Filter, 'condition' | 'matchesJson'>
}

/** The most scalars of a condition that are compared, to place it. */
const mostPlaces = 16

/**
 * Finds the filters that a payload may match, without a test of each. A filter is found by one of
 * its scalar members: the one that the fewest others are found by, or the first of these.
 */
export class FilterIndex<Item extends Filtered> {
  /** By the JSON of the path. */
  readonly #paths: Map<string, AtPath<Item>> = new Map()
  /** Those without a scalar, such as `{}`. */
  readonly #others: Set<Item> = new Set()
  readonly #places: Map<Item, Place | undefined> = new Map()

  get isEmpty(): boolean {
    return this.#paths.size + this.#others.size + this.#places.size === 0
  }

  add(item: Item): void {
    const place = this.#placeFor(item)
    this.#places.set(item, place)
    if (!place) {
      this.#others.add(item)
      return
    }
    const key = JSON.stringify(place.path)
    const at: AtPath<Item> = this.#paths.get(key) ?? { path: place.path, items: new Map() }
    this.#paths.set(key, at)
    const items = at.items.get(place.value) ?? new Set()
    at.items.set(place.value, items.add(item))
  }

  remove(item: Item): void {
    const place = this.#places.get(item)
    this.#places.delete(item)
    this.#others.delete(item)
    if (!place) return
    const key = JSON.stringify(place.path)
    const items = this.#paths.get(key)?.items
    const alike = items?.get(place.value)
    alike?.delete(item)
    if (alike?.size === 0) items?.delete(place.value)
    if (items?.size === 0) this.#paths.delete(key)
  }

  /** Returns the items whose filters a parsed payload matches. */
  matching(json: unknown): readonly Item[] {
    const found: Item[] = []
    const test = (item: Item): void => {
      if (item.filter.matchesJson(json)) found.push(item)
    }
    for (const { path, items } of this.#paths.values()) {
      const value = scalarOf(valueAt(json, path))
      if (value !== undefined) items.get(value)?.forEach(test)
    }
    this.#others.forEach(test)
    return found
  }

  #placeFor({ filter }: Item): Place | undefined {
    const places: Place[] = []
    collectPlaces(filter.condition, [], places)
    let least: { readonly place: Place; readonly count: number } | undefined
    for (const place of places) {
      const count = this.#paths.get(JSON.stringify(place.path))?.items.get(place.value)?.size ?? 0
      if (!least || count < least.count) least = { place, count }
    }
    return least?.place
  }
}

/** Adds the first scalars of a condition to `places`. */
function collectPlaces(condition: JsonValue, path: Path, places: Place[]): void {
  if (places.length === mostPlaces) return
  const value = scalarOf(condition)
  if (value !== undefined) places.push({ path, value })
  else if (Array.isArray(condition)) condition.forEach((part, i) => void collectPlaces(part, [...path, i], places))
  else if (typeof condition === 'object' && condition !== null)
    for (const [name, part] of Object.entries(condition)) collectPlaces(part, [...path, name], places)
}

/** Returns a scalar as an index knows it. Equal for those that a condition takes as equal. */
function scalarOf(value: unknown): Scalar | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined
}

function valueAt(json: unknown, path: Path): unknown {
  let value = json
  for (const step of path) value = memberOf(value, step)
  return value
}
