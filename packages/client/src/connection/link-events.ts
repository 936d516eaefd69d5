import type { RelayFrame, WildcastError } from '@wildcast/protocol/client'
import type { Status } from './status.js'

/** A frame that the link does not answer itself. */
export type IncomingFrame = Exclude<RelayFrame, { readonly kind: 'Ping' | 'GoingAway' | 'Welcome' }>

/** What a link reports. */
export interface LinkEvents {
  /** Frames of a new session can be sent, perhaps before the relay has answered. */
  opened(): void
  /**
   * The relay has answered, of a new session or the one before: everything that waits may be sent
   * now.
   */
  welcomed(): void
  frame(frame: IncomingFrame, receivedAt: number): void
  /** The session is lost, and what was in flight with it; `status` says already what comes next. */
  lost(reason: WildcastError): void
  status(status: Status): void
}
