/** A client with an incomplete message. */
export interface Sender {
  /** Cuts it off: all incomplete messages exceed the limit. */
  cutOff(): void
}

/** Cutting off takes time: more clients follow with the next bytes. */
const mostAtOnce = 64

/**
 * Counts the bytes of incomplete messages of all clients. Past the limit it cuts off those that
 * began first: a client that sends without pause has finished long before.
 */
export class UnfinishedInput {
  readonly #limit: number
  /** In order of their begin. */
  readonly #held: Map<Sender, number> = new Map()
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Sets the bytes of a sender's message so far; 0 when it is complete or the sender has left. */
  hold(sender: Sender, bytes: number): void {
    this.#record(sender, bytes)
    let ended = 0
    for (const [oldest] of this.#held) {
      if (this.#bytes <= this.#limit || ended++ === mostAtOnce) break
      this.#record(oldest, 0)
      oldest.cutOff()
    }
  }

  #record(sender: Sender, bytes: number): void {
    this.#bytes += bytes - (this.#held.get(sender) ?? 0)
    if (bytes === 0) this.#held.delete(sender)
    else this.#held.set(sender, bytes)
  }
}
