import type { Pattern, Subject, WildcastError } from '@wildcast/protocol'
import type { CorrelatedAddress } from './answer-forms.js'
import type { FeedFacts, Outlet } from './outlet.js'

/** A subscriber of a feed. */
export interface FeedMember {
  readonly outlet: Outlet
  /**
   * Called with the subject to answer on, before the message that asks for the answer, and with the
   * subject of that message.
   * @param to - the address that the subject to answer on stands for
   */
  expectsAnswer(responseSubject: Subject, subject: Pattern, to?: CorrelatedAddress): void
  /** The broker has ended a feed. */
  ended(feed: FeedFacts, error: WildcastError): void
  /** Messages of a feed were lost; the gap is on its way to the client. */
  missed?(feed: number): void
  /** The member that this one stands for, while that reads the history. */
  readonly standsFor?: FeedMember | undefined
}
