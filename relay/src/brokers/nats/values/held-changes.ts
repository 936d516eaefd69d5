/** The changes that the subscriptions of a connection have received, and not delivered yet. */
export class HeldChanges {
  readonly #held: Set<Promise<void>> = new Set()

  /** Adds one. Returns the function that removes it. */
  add(): () => void {
    let remove = (): void => {}
    const held = new Promise<void>((resolve) => {
      remove = () => {
        this.#held.delete(held)
        resolve()
      }
    })
    this.#held.add(held)
    return () => remove()
  }

  /** Resolves when all that are held now have been delivered. */
  async delivered(): Promise<void> {
    await Promise.all(this.#held)
  }
}
