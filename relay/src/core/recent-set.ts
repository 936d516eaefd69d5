import { RecentMap } from './recent-map.js'

/** A set of at least the `atLeast` latest entries, and at most twice as many: see `RecentMap`. */
export class RecentSet {
  readonly #entries: RecentMap<true>

  constructor(atLeast: number) {
    this.#entries = new RecentMap(atLeast)
  }

  add(entry: string): void {
    this.#entries.set(entry, true)
  }

  has(entry: string): boolean {
    return this.#entries.get(entry) !== undefined
  }
}
