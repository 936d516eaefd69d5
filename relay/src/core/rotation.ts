import type { BrokerMessage } from '@wildcast/protocol'
import { type AnswerForms, formFor } from './answer-forms.js'
import type { Interest, Settle } from './broker.js'
import { EncodedMessage } from './encoded-message.js'
import type { FeedMember } from './feed-member.js'
import type { FeedFacts, Parcel } from './outlet.js'

/** The details of a delivery to one member of a group, or to a responder. */
export interface Delivery {
  /** Set if the message asks for an answer. */
  readonly answers: AnswerForms | undefined
  /** Reports whether the message was taken, if the broker keeps it until then. */
  readonly settle: Settle | undefined
}

/** The members of a group, each of which gets the next message in turn; or a responder. */
export class Rotation {
  readonly #feed: FeedFacts & { readonly interest: Interest }
  /** The next one first. */
  readonly #members: FeedMember[] = []

  constructor(feed: FeedFacts & { readonly interest: Interest }) {
    this.#feed = feed
  }

  add(member: FeedMember): void {
    this.#members.push(member)
  }

  remove(member: FeedMember): void {
    const index = this.#members.indexOf(member)
    if (index >= 0) this.#members.splice(index, 1)
  }

  /** Delivers a message to the next member, and reports to `settle` whether it was taken. */
  deliver(message: BrokerMessage, delivery: Delivery): void {
    const member = nextOf(this.#members)
    if (member) this.#deliverTo(member, message, delivery)
    else delivery.settle?.(false)
  }

  /** @param tried - members that left before the message was written to them */
  #deliverTo(member: FeedMember, message: BrokerMessage, delivery: Delivery, tried: readonly FeedMember[] = []): void {
    const { answers, settle } = delivery
    const { outlet } = member
    const form = answers && formFor(outlet, answers)
    if (form?.on !== undefined) member.expectsAnswer(form.on, message.subject, form.to)
    const parcel = new EncodedMessage(form?.message ?? message, this.#feed, outlet.encoder)
    // The broker itself notifies requesters when their responder has left.
    if (this.#feed.interest.serve && !settle) {
      outlet.deliver(parcel)
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
    outlet.deliver(withSettle(parcel, settleOnce))
  }

  /**
   * Offers an unwritten message of a group to another member, or else to the broker. Returns false
   * if it is lost.
   */
  #offerAgain(message: BrokerMessage, delivery: Delivery, tried: readonly FeedMember[]): boolean {
    const others = this.#members.filter((member) => !tried.includes(member))
    // No other member serves the subject: requesters are notified that their responder has left.
    const next = this.#feed.interest.serve ? undefined : nextOf(others)
    if (!next) {
      delivery.settle?.(false)
      return delivery.settle !== undefined
    }
    this.remove(next)
    this.add(next)
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
