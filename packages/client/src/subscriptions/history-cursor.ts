import type { MessageFrame, SubscribedFrame } from '@wildcast/protocol/client'
import type { SubscriptionSpec } from './subscription-listener.js'

/**
 * The position of an interest in the history of its pattern, so that the interest can ask for the
 * messages after it.
 */
export class HistoryCursor {
  readonly #spec: SubscriptionSpec
  /** Messages of a group come back, and with a policy those of different subjects change places. */
  readonly #isOrdered: boolean
  /** All kept messages up to here were received. */
  #position: string | undefined
  /** The position at the next `Synced`. */
  #next: string | undefined
  /** The newest position of a live message that was passed over, since it will be replayed. */
  #ahead = ''
  /** Whether kept messages are replayed, up to `Synced`. */
  isBehind = false
  /** Whether no kept message after the position that was asked for is missing. */
  recovered: boolean | undefined

  constructor(spec: SubscriptionSpec) {
    this.#spec = spec
    this.#isOrdered = !(spec.group ?? spec.serve ?? spec.policy)
    this.#position = spec.after
  }

  /** The position after which the interest can ask for kept messages. */
  get after(): string | undefined {
    return this.#isOrdered && !this.#spec.retained ? this.#position : undefined
  }

  /** This relay keeps no messages. Returns false if the app has asked for them. */
  giveUp(): boolean {
    const isOwn = this.after !== this.#spec.after
    this.#position = this.#spec.after
    return isOwn
  }

  /** The subscription is confirmed. Returns whether messages are missing, without a `Gap`. */
  confirm({ position, recovered, whole }: SubscribedFrame): boolean {
    this.recovered = recovered
    this.#next = position
    this.#ahead = ''
    this.isBehind = (recovered ?? this.#spec.last) !== undefined
    if (!this.isBehind) this.#position = position
    return recovered ? !whole : recovered === undefined
  }

  /** Returns whether a message is for this interest, whose `Subscribe` has the number `own`. */
  admits({ ref, position = '', replayed }: MessageFrame, own: number | undefined): boolean {
    const isLive = ref === undefined
    if (ref === own && !isLive) {
      if (replayed) this.#position = this.#next = position
      return true
    }
    // Without a position in `Subscribed`, those of messages may be of several histories.
    if (!position || !this.#isOrdered || (!this.isBehind && !this.#position)) return isLive
    if (this.isBehind) {
      this.#ahead = position
      return false
    }
    // A message that is replayed for an equal subscription meanwhile does not come again.
    const isNew = isLive
      ? this.#spec.retained || position > (this.#position ?? '')
      : replayed && position > (this.#position ?? position)
    if (isNew) this.#position = position
    return !!isNew
  }

  /** All was replayed. Returns whether a later message was passed over. */
  sync(): boolean {
    this.isBehind = false
    this.#position = this.#next
    return this.#ahead > (this.#next ?? '')
  }
}
