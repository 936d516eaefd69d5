import { type BrokerMessage, isExact, matches, type Pattern } from '@wildcast/protocol'
import type { Listener } from '@wildcast/relay/core'

/** Messages that a broker delivers twice, or in another order. */
export class BrokerFaults {
  readonly #doubled: Set<Pattern> = new Set()
  readonly #reordered: Set<Pattern> = new Set()
  /** By listener: the message that the next one overtakes. */
  readonly #held: Map<Listener, BrokerMessage> = new Map()

  duplicate(pattern: Pattern): () => void {
    this.#doubled.add(pattern)
    return () => this.#doubled.delete(pattern)
  }

  /** The undo delivers what is held. */
  reorder(pattern: Pattern): () => void {
    this.#reordered.add(pattern)
    return () => {
      this.#reordered.delete(pattern)
      for (const [listener, message] of this.#held)
        if (matchesAny([pattern], message)) {
          this.#held.delete(listener)
          listener.deliver(message)
        }
    }
  }

  /** Forgets what is held for a listener; without one, for all. */
  forget(listener?: Listener): void {
    if (listener) this.#held.delete(listener)
    else this.#held.clear()
  }

  /**
   * Delivers a message. Kept messages and values are numbered, so that a relay has no doubles of
   * them: they are delivered as they are.
   */
  deliver(listener: Listener, message: BrokerMessage): void {
    if (!matchesAny(this.#reordered, message)) {
      this.#deliver(listener, message)
      return
    }
    const former = this.#held.get(listener)
    if (!former) {
      this.#held.set(listener, message)
      return
    }
    this.#held.delete(listener)
    this.#deliver(listener, message)
    this.#deliver(listener, former)
  }

  #deliver(listener: Listener, message: BrokerMessage): void {
    listener.deliver(message)
    if (matchesAny(this.#doubled, message)) listener.deliver(message)
  }
}

function matchesAny(patterns: Iterable<Pattern>, { subject, position, revision }: BrokerMessage): boolean {
  const isNumbered = position !== undefined || revision !== undefined
  if (isNumbered || !isExact(subject)) return false
  for (const pattern of patterns) if (matches(pattern, subject)) return true
  return false
}
