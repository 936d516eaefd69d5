/** Gives names fixed numbers, the first ones that come. */
export class Names {
  readonly #numbers = new Map<string, number>()
  readonly #most: number

  constructor(most: number, known: readonly string[] = []) {
    this.#most = most
    for (const name of known) this.numberOf(name)
  }

  get all(): readonly string[] {
    return [...this.#numbers.keys()]
  }

  /** The number of a name; undefined if it is new and there is no place for it. */
  numberOf(name: string): number | undefined {
    const known = this.#numbers.get(name)
    if (known !== undefined || this.#numbers.size >= this.#most) return known
    this.#numbers.set(name, this.#numbers.size)
    return this.#numbers.size - 1
  }
}
