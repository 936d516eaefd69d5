import type { Clock } from './clock.js'
import type { FrameWriterPorts } from './frame-writer.js'
import type { Observer } from './observer.js'
import type { FeedFacts, Outlet } from './outlet.js'
import type { Turn } from './turn.js'
import type { Wire } from './wire.js'

/** The dialect that writes to an outbox. */
export interface OutboxOwner extends Pick<Outlet, 'ended'> {
  /** The outbox has cut the client off, which can't come back. */
  cutOff?(): void
  /** A message of a subscription was dropped; the gap will be reported. */
  missed?(feed: FeedFacts): void
}

/** The two ends of an outbox: its frames come from the owner, and go to the wire. */
export interface OutboxEnds {
  readonly wire: Wire
  readonly owner: OutboxOwner
}

/** Shared by the outboxes of a relay. */
export interface OutboxPorts extends FrameWriterPorts {
  readonly turn: Turn
  readonly clock: Clock
  /** Limit of messages that wait for a slow reader, in bytes. */
  readonly backlog: number
  readonly observer: Pick<Observer, 'missed' | 'cutOff'>
}
