/**
 * A map of at least the `atLeast` latest entries, and at most twice as many: it drops the older
 * half at once, which is cheaper than finding the oldest each time.
 */
export class RecentMap<Value> {
  readonly #atLeast: number
  #latest: Map<string, Value> = new Map()
  #before: ReadonlyMap<string, Value> = new Map()

  constructor(atLeast: number) {
    this.#atLeast = atLeast
  }

  set(key: string, value: Value): void {
    if (this.#latest.size >= this.#atLeast) {
      this.#before = this.#latest
      this.#latest = new Map()
    }
    this.#latest.set(key, value)
  }

  get(key: string): Value | undefined {
    return this.#latest.get(key) ?? this.#before.get(key)
  }
}
