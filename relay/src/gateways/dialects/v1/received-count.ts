/**
 * How many frames of a client have come, of those that count, and how many of them it knows to
 * have.
 */
export class ReceivedCount {
  #received = 0
  #confirmed = 0
  #bytes = 0

  get received(): number {
    return this.#received
  }

  /** Bytes of the frames that the client does not know to have come. */
  get unconfirmedBytes(): number {
    return this.#bytes
  }

  /** The frame of this number has come. Returns false if it had come before. */
  take(number: number, bytes: number): boolean {
    if (number <= this.#received) return false
    this.#received = number
    this.#bytes += bytes + 1 // an empty one counts, too
    return true
  }

  /**
   * The count to confirm to the client, which knows it from now on. Undefined if there is nothing
   * new.
   */
  confirm(): number | undefined {
    this.#bytes = 0
    if (this.#received === this.#confirmed) return undefined
    this.#confirmed = this.#received
    return this.#received
  }
}
