import type { ErrorFrame, GapFrame, MessageFrame, SyncedFrame, UnsubscribedFrame } from '@wildcast/protocol/client'
import type { Call } from '../app/call-back.js'
import type { ReportError } from '../app/report-error.js'
import type { RelayLink } from '../connection/relay-link.js'
import type { Exchanges } from '../exchanges/exchanges.js'
import type { PublishPorts } from '../publishing/publish.js'
import type { ClientClock } from '../time/clock.js'
import type { SubscriptionSpec } from './subscription-listener.js'

/** A frame about a subscription. */
export type SubscriptionFrame = MessageFrame | SyncedFrame | GapFrame | UnsubscribedFrame | ErrorFrame

/** Receives the frames about a subscription. */
export interface FrameReceiver {
  /** Returns whether messages were lost that a new subscription gets. */
  receive(frame: SubscriptionFrame, receivedAt: number): boolean
  /** Subscribes again. */
  handle(event: { readonly type: 'opened' }): unknown
}

/** The parts of the client that an interest uses. */
export interface InterestPorts extends PublishPorts {
  readonly clock: ClientClock
  readonly link: Pick<RelayLink, 'status' | 'refusal' | 'away' | 'current' | 'aliveAt' | 'hold'>
  readonly exchanges: Pick<Exchanges, 'send' | 'notify'>
  readonly call: Call
  readonly fault: ReportError
  /** The id of the interest has changed: it receives the frames with the id `to`. */
  renamed(interest: FrameReceiver, from: number | undefined, to: number | undefined): void
  /**
   * The interest has no listener left: unsubscribes its `id`, if it has one. A member of a group
   * reports how many messages were `handled`, so that other members get the rest.
   */
  ended(spec: SubscriptionSpec, id: number | undefined, handled: number | undefined): void
}
