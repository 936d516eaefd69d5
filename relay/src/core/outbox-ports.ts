import type { Clock } from './clock.js'
import type { FrameWriterPorts } from './frame-writer.js'
import type { Observer } from './observer.js'
import type { Outlet } from './outlet.js'
import type { Turn } from './turn.js'
import type { Wire } from './wire.js'

/** The dialect that speaks through an outbox. */
export interface OutboxOwner extends Pick<Outlet, 'ended'> {
  /** Its client was cut off, and can't come back. */
  cutOff?(): void
}

/** What is at the two ends of an outbox. */
export interface OutboxEnds {
  readonly wire: Wire
  readonly owner: OutboxOwner
}

/** What the outboxes of a relay share. */
export interface OutboxPorts extends FrameWriterPorts {
  readonly turn: Turn
  readonly clock: Clock
  /** Bytes of messages that may wait for a reader who is behind. */
  readonly backlog: number
  readonly observer: Pick<Observer, 'missed' | 'cutOff'>
}
