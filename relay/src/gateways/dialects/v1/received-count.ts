/** Counts the frames that have come from a client, and those that are confirmed to it. */
export class ReceivedCount {
  #received = 0
  #confirmed = 0
  #bytes = 0

  get received(): number {
    return this.#received
  }

  /** Bytes of the unconfirmed frames. */
  get unconfirmedBytes(): number {
    return this.#bytes
  }

  /** Counts the frame of this number. Returns false if it had come before. */
  take(number: number, bytes: number): boolean {
    if (number <= this.#received) return false
    this.#received = number
    this.#bytes += bytes + 1 // an empty one counts, too
    return true
  }

  /** Returns the count to confirm to the client. Undefined if it is not new. */
  confirm(): number | undefined {
    this.#bytes = 0
    if (this.#received === this.#confirmed) return undefined
    this.#confirmed = this.#received
    return this.#received
  }
}
