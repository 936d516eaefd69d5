/** A map with a bound. When there are more entries, the one that was added first is dropped. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #most: number

  /** @param most How many entries it holds at most. */
  constructor(most: number) {
    super()
    this.#most = most
  }

  /** A key that is there keeps its place in the order: delete it first if it shall count as new. */
  override set(key: Key, value: Value): this {
    super.set(key, value)
    if (this.size > this.#most) this.delete(this.keys().next().value as Key)
    return this
  }
}
