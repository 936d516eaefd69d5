import type { BrokerMessage } from '@wildcast/protocol'
import type { Encoder, FeedFacts, Parcel } from './outlet.js'

/**
 * A message for all members of a feed that share an encoder. It is encoded once, when first needed.
 */
export class EncodedMessage implements Parcel {
  readonly message: BrokerMessage
  readonly feed: FeedFacts
  readonly #encoder: Encoder | undefined
  #bytes: Uint8Array | undefined
  #encoded = false

  constructor(message: BrokerMessage, feed: FeedFacts, encoder: Encoder | undefined) {
    this.message = message
    this.feed = feed
    this.#encoder = encoder
  }

  get bytes(): Uint8Array | undefined {
    if (!this.#encoded) {
      this.#bytes = this.#encoder?.message(this.message, this.feed)
      this.#encoded = true
    }
    return this.#bytes
  }
}
