/** A client whose message has begun and not ended. */
export interface Sender {
  /** Ends it: what all clients keep unfinished has become too much. */
  cutOff(): void
}

/** Ending a client takes time: more go with the next bytes. */
const mostAtOnce = 64

/**
 * Bytes of messages that have begun and not ended, of all clients of a relay. Past the limit those
 * that began first are cut off: who sends what it has begun is through long before.
 */
export class UnfinishedInput {
  readonly #limit: number
  /** In the order in which they began. */
  readonly #held: Map<Sender, number> = new Map()
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /**
   * So many bytes of a sender's message have come by now; 0 once it has ended, or the sender is
   * gone.
   */
  hold(sender: Sender, bytes: number): void {
    this.#note(sender, bytes)
    let ended = 0
    for (const [oldest] of this.#held) {
      if (this.#bytes <= this.#limit || ended++ === mostAtOnce) break
      this.#note(oldest, 0)
      oldest.cutOff()
    }
  }

  #note(sender: Sender, bytes: number): void {
    this.#bytes += bytes - (this.#held.get(sender) ?? 0)
    if (bytes === 0) this.#held.delete(sender)
    else this.#held.set(sender, bytes)
  }
}
