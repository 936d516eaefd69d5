import type { ErrorFrame, GapFrame, MessageFrame, UnsubscribedFrame } from '@wildcast/protocol/client'
import type { Call } from '../app/call-back.js'
import type { ReportError } from '../app/report-error.js'
import type { RelayLink } from '../connection/relay-link.js'
import type { Exchanges } from '../exchanges/exchanges.js'
import type { PublishPorts } from '../publishing/publish.js'
import type { ClientClock } from '../time/clock.js'
import type { SubscriptionSpec } from './subscription-listener.js'

/** A frame about a subscription. */
export type SubscriptionFrame = MessageFrame | GapFrame | UnsubscribedFrame | ErrorFrame

/** Takes the frames about a subscription. */
export interface FrameReceiver {
  receive(frame: SubscriptionFrame, receivedAt: number): void
}

/** What an interest needs of the client. */
export interface InterestPorts extends PublishPorts {
  readonly clock: ClientClock
  readonly link: Pick<RelayLink, 'status' | 'refusal' | 'away' | 'current' | 'aliveAt' | 'hold'>
  readonly exchanges: Pick<Exchanges, 'send' | 'notify'>
  readonly call: Call
  readonly fault: ReportError
  /** Frames with the id `to` are for this interest now, those with the id `from` no longer. */
  renamed(interest: FrameReceiver, from: number | undefined, to: number | undefined): void
  /**
   * Nobody wants an interest any more. The relay still knows `id`, and that so many of its messages
   * were `handled` if others may have the rest.
   */
  ended(want: SubscriptionSpec, id: number | undefined, handled: number | undefined): void
}
