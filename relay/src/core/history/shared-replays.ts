import type { StoredMessage } from '../history-store.js'
import type { Encoder, FeedFacts, ValueTarget } from '../outlet.js'

interface Encoded {
  readonly encoder: Encoder
  readonly ref: number
  readonly bytes: Uint8Array | undefined
}

/**
 * The last encoding of each recent message of a feed: clients that return together usually have
 * used the same numbers for their requests.
 */
export class SharedReplays {
  readonly #last: WeakMap<StoredMessage, Encoded> = new WeakMap()

  /** Returns the bytes of a message for the request `target.ref`. */
  encode(
    message: StoredMessage,
    target: ValueTarget & { readonly feed: FeedFacts },
    encoder: Encoder | undefined,
  ): Uint8Array | undefined {
    if (!encoder) return undefined
    const { ref } = target
    const last = this.#last.get(message)
    if (last?.encoder === encoder && last.ref === ref) return last.bytes
    const bytes = encoder.values ? encoder.values.replayed(message, target) : encoder.message(message, target.feed)
    this.#last.set(message, { encoder, ref, bytes })
    return bytes
  }
}
