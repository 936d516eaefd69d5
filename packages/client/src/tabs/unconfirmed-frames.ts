import type { ClientFrame } from '@wildcast/protocol/client'
import { toSharedRef } from './ref.js'
import type { TabFrame } from './tab-message.js'

/** The frames of a tab that the relay has not confirmed yet. */
export class UnconfirmedFrames {
  readonly #tab: number
  #last = 0
  #frames: TabFrame[] = []
  /** The shared refs of subscriptions that the relay has not answered. */
  readonly asking: Set<number> = new Set()

  constructor(tab: number) {
    this.#tab = tab
  }

  /** The unconfirmed frames, in order. */
  get frames(): readonly TabFrame[] {
    return this.#frames
  }

  /** Numbers and keeps a frame. Throws if it can't be cloned. */
  add(frame: ClientFrame): TabFrame {
    const ref = 'ref' in frame && frame.ref !== undefined ? toSharedRef(this.#tab, frame.ref) : undefined
    const shared = structuredClone(ref === undefined ? frame : { ...frame, ref })
    if (frame.kind === 'Subscribe' && ref !== undefined) this.asking.add(ref)
    const added = { number: ++this.#last, frame: shared }
    this.#frames.push(added)
    return added
  }

  /** Deletes the frames up to a number, which the relay has confirmed. */
  settle(number: number): void {
    const [first] = this.#frames
    if (first && first.number <= number) this.#frames = this.#frames.filter((frame) => frame.number > number)
  }

  /** Deletes the frames of a lost session. */
  reset(): void {
    this.#last = 0
    this.#frames = []
    this.asking.clear()
  }
}
