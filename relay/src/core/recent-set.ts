/** A set that forgets its oldest entries past a bound. */
export class RecentSet {
  readonly #entries: Set<string> = new Set()
  readonly #bound: number

  constructor(bound: number) {
    this.#bound = bound
  }

  add(entry: string): void {
    this.#entries.delete(entry) // it is the newest again
    this.#entries.add(entry)
    if (this.#entries.size <= this.#bound) return
    for (const oldest of this.#entries) {
      this.#entries.delete(oldest)
      return
    }
  }

  has(entry: string): boolean {
    return this.#entries.has(entry)
  }
}
