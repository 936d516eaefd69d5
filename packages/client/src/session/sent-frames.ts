import type { ClientFrame } from '@wildcast/protocol/client'

/** The frames that one session has sent: how many, and those that its relay has not confirmed. */
export class SentFrames {
  #count = 0
  #unconfirmed: ClientFrame[] = []

  /** Number of the next frame. */
  get next(): number {
    return this.#count + 1
  }

  /** Counts a frame. One that is not kept can't be sent again. */
  add(frame: ClientFrame, keep: boolean): void {
    this.#count++
    if (keep) this.#unconfirmed.push(frame)
  }

  /** Forgets the frames up to this number; false if so many were never sent. */
  confirm(count: number): boolean {
    const rest = this.#count - count
    // Less than before removes nothing.
    if (rest >= 0) this.#unconfirmed.splice(0, this.#unconfirmed.length - rest)
    return rest >= 0
  }

  /** The frames after this number, in order; undefined if they are not what is kept. */
  after(count: number): readonly ClientFrame[] | undefined {
    return this.confirm(count) && this.#unconfirmed.length === this.#count - count ? this.#unconfirmed : undefined
  }
}
