import type { WildcastError } from '@wildcast/protocol'
import type { Encoder, FeedFacts, Outlet } from '../../../core/outlet.js'

const nothing = new Uint8Array(0)

/** Messages are read from the history: their arrival is all that counts. */
const encoder: Encoder = { message: () => nothing, gap: () => nothing, overrun: 'gap' }

/** Wakes a reader of a history when a message of its subject arrives. */
export class Bell implements Outlet {
  readonly encoder: Encoder = encoder
  #ring: () => void = () => {}
  #ended: (error: WildcastError) => void = () => {}

  /** Resolves at the next message after this call, or when messages may be missing. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#ring = resolve
    })
  }

  /** Calls back when the client may no longer read. */
  whenEnded(run: (error: WildcastError) => void): void {
    this.#ended = run
  }

  deliver(): void {
    this.#ring()
  }

  ended(_: FeedFacts, error: WildcastError): void {
    this.#ended(error)
  }

  revoked(error: WildcastError): void {
    this.#ended(error)
  }
}
