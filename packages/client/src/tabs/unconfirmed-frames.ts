import type { ClientFrame } from '@wildcast/protocol/client'
import { toSharedRef } from './ref.js'
import type { TabFrame } from './tab-message.js'

/** What a tab has sent, until the relay has confirmed it. */
export class UnconfirmedFrames {
  readonly #tab: number
  #last = 0
  #frames: TabFrame[] = []
  /** The shared refs of subscriptions that the relay has not answered. */
  readonly asking: Set<number> = new Set()

  constructor(tab: number) {
    this.#tab = tab
  }

  /** What the relay may not have. */
  get frames(): readonly TabFrame[] {
    return this.#frames
  }

  /** Numbers a frame. Throws if other tabs can't get it. */
  add(frame: ClientFrame): TabFrame {
    const ref = 'ref' in frame && frame.ref !== undefined ? toSharedRef(this.#tab, frame.ref) : undefined
    const shared = structuredClone(ref === undefined ? frame : { ...frame, ref })
    if (frame.kind === 'Subscribe' && ref !== undefined) this.asking.add(ref)
    const added = { number: ++this.#last, frame: shared }
    this.#frames.push(added)
    return added
  }

  /** The relay has all up to a number. */
  settle(number: number): void {
    const [first] = this.#frames
    if (first && first.number <= number) this.#frames = this.#frames.filter((frame) => frame.number > number)
  }

  /** The session is lost, and with it what was sent. */
  reset(): void {
    this.#last = 0
    this.#frames = []
    this.asking.clear()
  }
}
