import type { WildcastError } from '@wildcast/protocol'
import type { Encoder, FeedFacts, Outlet, Parcel } from '../../../core/outlet.js'

const nothing = new Uint8Array(0)

/** Messages are read from the history: their arrival is all that counts. */
const encoder: Encoder = { message: () => nothing, gap: () => nothing, overrun: 'gap' }

/** Wakes a reader of a history when a message of its subject arrives. */
export class Bell implements Outlet {
  readonly encoder: Encoder = encoder
  #hasGap = false
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

  /** Whether messages may have been lost since the last call: the history may be another one. */
  takeGap(): boolean {
    const had = this.#hasGap
    this.#hasGap = false
    return had
  }

  deliver({ message }: Parcel): void {
    if (!message) this.#hasGap = true
    this.#ring()
  }

  ended(_: FeedFacts, error: WildcastError): void {
    this.#ended(error)
  }

  revoked(error: WildcastError): void {
    this.#ended(error)
  }
}
