/**
 * A set that remembers at least so many of its latest entries, and twice as many at most: the older
 * half is forgotten at once, which costs less than to find the oldest each time.
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
