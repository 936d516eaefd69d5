/**
 * A set of at least the `atLeast` latest entries, and at most twice as many: it drops the older
 * half at once, which is cheaper than finding the oldest each time.
 */
export class RecentSet {
  readonly #atLeast: number
  #latest: Set<string> = new Set()
  #before: ReadonlySet<string> = new Set()

  constructor(atLeast: number) {
    this.#atLeast = atLeast
  }

  add(entry: string): void {
    if (this.#latest.size >= this.#atLeast) {
      this.#before = this.#latest
      this.#latest = new Set()
    }
    this.#latest.add(entry)
  }

  has(entry: string): boolean {
    return this.#latest.has(entry) || this.#before.has(entry)
  }
}
