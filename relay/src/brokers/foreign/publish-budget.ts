import { WildcastError } from '@wildcast/protocol'

/** Limits of what the broker has not confirmed. Beyond them, publishers have to wait. */
const mostBytes = 64 * 1024 * 1024
const mostMessages = 100_000

/** The memory of a message besides its payload. */
const overheadBytes = 100

/** The memory for messages that wait for a broker's link, or that the broker has not confirmed. */
export class PublishBudget {
  #bytes = 0
  #messages = 0

  /** Returns the undo. @throws {WildcastError} `rate_limited` beyond the limits */
  reserve(payloadBytes: number): () => void {
    const bytes = payloadBytes + overheadBytes
    if (this.#bytes + bytes > mostBytes || this.#messages >= mostMessages)
      throw new WildcastError('rate_limited', 'the broker is slower than its publishers; wait for acknowledgements')
    this.#bytes += bytes
    this.#messages++
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      this.#bytes -= bytes
      this.#messages--
    }
  }
}
