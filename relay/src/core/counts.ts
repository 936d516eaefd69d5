/** Counts by key. A key without a count takes no memory. */
export class Counts {
  readonly #counts: Map<string, number> = new Map()

  of(key: string): number {
    return this.#counts.get(key) ?? 0
  }

  /** Changes a count. Without a key, does nothing. */
  add(key: string | undefined, by: 1 | -1): void {
    if (key === undefined) return
    const count = this.of(key) + by
    if (count > 0) this.#counts.set(key, count)
    else this.#counts.delete(key)
  }
}
