import type { BrokerMessage, Subject } from '@wildcast/protocol'
import type { Settle } from './broker.js'
import { EncodedMessage } from './encoded-message.js'
import type { FeedMember } from './feed-member.js'
import type { FeedFacts, Parcel } from './outlet.js'

/** The details of a delivery to one member of a group, or to a responder. */
export interface Delivery {
  /** The subject to answer on, if the member must be registered for it. */
  readonly answerOn: Subject | undefined
  /** Reports whether the message was taken, if the broker keeps it until then. */
  readonly settle: Settle | undefined
}

/** The members of a group, or the responder of a subject: each message goes to one of them. */
export class Rotation {
  readonly #feed: FeedFacts
  readonly #serves: boolean
  /** The next one first. */
  readonly #members: FeedMember[] = []

  /** @param serves - whether its member is a responder */
  constructor(feed: FeedFacts, serves: boolean) {
    this.#feed = feed
    this.#serves = serves
  }

  add(member: FeedMember): void {
    this.#members.push(member)
  }

  remove(member: FeedMember): void {
    const index = this.#members.indexOf(member)
    if (index >= 0) this.#members.splice(index, 1)
  }

  /** Delivers to the next member. */
  deliver(message: BrokerMessage, delivery: Delivery): void {
    const member = nextOf(this.#members)
    if (member) this.#deliverTo(member, message, delivery)
    else delivery.settle?.(false)
  }

  /** @param tried - members that left before the message was written to them */
  #deliverTo(member: FeedMember, message: BrokerMessage, delivery: Delivery, tried: readonly FeedMember[] = []): void {
    const { answerOn, settle } = delivery
    if (answerOn !== undefined) member.expectsAnswer(answerOn)
    const parcel = new EncodedMessage(message, this.#feed, member.outlet.encoder)
    // The broker itself notifies requesters when their responder has left.
    if (this.#serves && !settle) {
      member.outlet.deliver(parcel)
      return
    }
    let isSettled = false
    const settleOnce = (written: boolean): boolean => {
      if (isSettled) return true // it was handed back or confirmed already
      isSettled = true
      if (!written) return this.#offerAgain(message, delivery, [...tried, member])
      settle?.(true)
      return true
    }
    member.outlet.deliver(withSettle(parcel, settleOnce))
  }

  /**
   * Offers an unwritten message of a group to another member, or else to the broker. Returns false
   * if it is lost.
   */
  #offerAgain(message: BrokerMessage, delivery: Delivery, tried: readonly FeedMember[]): boolean {
    const members = this.#members
    const others = members.filter((member) => !tried.includes(member))
    // No other member serves the subject: requesters are notified that their responder has left.
    const next = this.#serves ? undefined : nextOf(others)
    if (!next) {
      delivery.settle?.(false)
      return delivery.settle !== undefined
    }
    members.splice(members.indexOf(next), 1)
    members.push(next)
    this.#deliverTo(next, message, delivery, tried)
    return true
  }
}

/** Returns the parcel with a callback for its outcome. */
function withSettle({ bytes, message, feed }: EncodedMessage, settle: NonNullable<Parcel['settle']>): Parcel {
  return { bytes, message, feed, settle }
}

/** Returns the first member that is not behind, or the first, and moves it last. */
function nextOf(members: FeedMember[]): FeedMember | undefined {
  const free = members.findIndex(({ outlet }) => !outlet.behind)
  const [member] = members.splice(Math.max(free, 0), 1)
  if (member) members.push(member)
  return member
}
