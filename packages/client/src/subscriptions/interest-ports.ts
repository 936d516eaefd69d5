import type { ErrorFrame, GapFrame, MessageFrame, UnsubscribedFrame } from '@wildcast/protocol/client'
import type { Call } from '../app/call-back.js'
import type { ReportError } from '../app/fault.js'
import type { RelayLink } from '../connection/link.js'
import type { Exchanges } from '../exchanges/exchanges.js'
import type { PublishPorts } from '../publishing/publish.js'
import type { ClientClock } from '../time/clock.js'
import type { Want } from './listener.js'

/** A frame about a subscription. */
export type SubscriptionFrame = MessageFrame | GapFrame | UnsubscribedFrame | ErrorFrame

/** Takes the frames about a subscription. */
export interface FrameTaker {
  hear(frame: SubscriptionFrame, receivedAt: number): void
}

/** What an interest needs of the client. */
export interface InterestPorts extends PublishPorts {
  readonly clock: ClientClock
  readonly link: Pick<RelayLink, 'status' | 'refusal' | 'away' | 'current' | 'heardAt' | 'hold'>
  readonly exchanges: Pick<Exchanges, 'ask' | 'notify'>
  readonly call: Call
  readonly fault: ReportError
  /** Frames with the id `to` are for this interest now, those with the id `from` no longer. */
  renamed(interest: FrameTaker, from: number | undefined, to: number | undefined): void
  /**
   * Nobody wants an interest any more. The relay still knows `id`, and that so many of its messages
   * were `handled` if others may have the rest.
   */
  ended(want: Want, id: number | undefined, handled: number | undefined): void
}
