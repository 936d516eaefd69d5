/** Counts the frames received from a client, and those that the relay has confirmed to it. */
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

  /** Counts the frame of this number. Returns false if it was received before. */
  take(number: number, bytes: number): boolean {
    if (number <= this.#received) return false
    this.#received = number
    this.#bytes += bytes + 1 // an empty frame weighs something, too
    return true
  }

  /** Marks all frames as confirmed. Returns their number; undefined if it is confirmed already. */
  confirm(): number | undefined {
    this.#bytes = 0
    if (this.#received === this.#confirmed) return undefined
    this.#confirmed = this.#received
    return this.#received
  }
}
