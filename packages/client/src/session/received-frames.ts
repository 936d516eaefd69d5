/** How long a new frame may stay unconfirmed, in milliseconds. */
const confirmAfterMs = 1_000

/** How many frames of its relay one session has handled, and when to confirm them. */
export class ReceivedFrames {
  #count = 0
  #confirmed = 0
  /** Since the last confirmation. */
  #bytes = 0

  /**
   * Counts a frame. Returns the milliseconds after which to confirm: 0 if `most` bytes have come
   * since the last time; undefined if another frame waits already.
   */
  add(bytes: number, most: number): number | undefined {
    const isFirst = this.#count++ === this.#confirmed
    this.#bytes += bytes
    if (this.#bytes >= most) return 0
    return isFirst ? confirmAfterMs : undefined
  }

  /** The count, which the relay gets now. */
  confirm(): number {
    this.#bytes = 0
    this.#confirmed = this.#count
    return this.#count
  }
}
