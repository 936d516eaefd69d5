/** The sessions that wait for the same publish: its first, and those that have repeated its key. */
export class KeyedWaits {
  /** By key: whether the client of each has a connection. */
  readonly #byKey: Map<string, Set<() => boolean>> = new Map()

  /** A session waits. Returns the undo. */
  begin(key: string, isHere: () => boolean): () => void {
    const all = this.#byKey.get(key) ?? new Set()
    const own = (): boolean => isHere()
    this.#byKey.set(key, all.add(own))
    return () => {
      all.delete(own)
      if (all.size === 0) this.#byKey.delete(key)
    }
  }

  /** Whether a client that waits has a connection. */
  isHere(key: string): boolean {
    return [...(this.#byKey.get(key) ?? [])].some((isHere) => isHere())
  }
}
