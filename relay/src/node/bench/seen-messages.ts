import type { LoadStamp } from './load-stamp.js'

/** The messages that one subscriber has received, by publisher and sequence. */
export class SeenMessages {
  readonly #publishers: Map<number, SeenOfPublisher> = new Map()

  /** Returns false if the message has been received before. */
  add({ publisher, sequence }: Pick<LoadStamp, 'publisher' | 'sequence'>): boolean {
    let seen = this.#publishers.get(publisher)
    if (!seen) {
      seen = { next: 0, skipped: new Set() }
      this.#publishers.set(publisher, seen)
    }
    if (sequence < seen.next) return seen.skipped.delete(sequence)
    for (; seen.next < sequence; seen.next++) seen.skipped.add(seen.next)
    seen.next++
    return true
  }
}

/** Only what is missing takes memory. */
interface SeenOfPublisher {
  /** The sequence after the highest one. */
  next: number
  /** Lower sequences that have not arrived. */
  readonly skipped: Set<number>
}
