import { WildcastError } from '@wildcast/protocol'

/** Past this many bytes or messages without a word from the broker, publishers have to wait. */
const mostBytes = 64 * 1024 * 1024
const mostMessages = 100_000

/** A message costs the process more than its payload. */
const overheadBytes = 100

/**
 * What this process may hold for a broker: what waits for its link, and what it has not confirmed.
 */
export class Room {
  #bytes = 0
  #messages = 0

  /** Returns the undo. @throws {WildcastError} `rate_limited` */
  take(payloadBytes: number): () => void {
    const bytes = payloadBytes + overheadBytes
    if (this.#bytes + bytes > mostBytes || this.#messages >= mostMessages)
      throw new WildcastError('rate_limited', 'the broker is slower than its publishers; wait for acknowledgements')
    this.#bytes += bytes
    this.#messages++
    let left = false
    return () => {
      if (left) return
      left = true
      this.#bytes -= bytes
      this.#messages--
    }
  }
}
