/** A map with a limit. Beyond it, the entry that was added first is dropped. */
export class BoundedMap<Key, Value> extends Map<Key, Value> {
  readonly #most: number

  /** @param most The limit. */
  constructor(most: number) {
    super()
    this.#most = most
  }

  /** An existing key keeps its place in the order: delete it first to make it the newest. */
  override set(key: Key, value: Value): this {
    super.set(key, value)
    if (this.size > this.#most) this.delete(this.keys().next().value as Key)
    return this
  }
}
