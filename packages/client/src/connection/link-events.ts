import type { RelayFrame, WildcastError } from '@wildcast/protocol/client'
import type { Status } from './status.js'

/** A frame that the link does not answer itself. */
export type IncomingFrame = Exclude<RelayFrame, { readonly kind: 'Ping' | 'GoingAway' | 'Welcome' }>

/** What a link reports. */
export interface LinkEvents {
  /** Frames can be sent, but the relay has not answered yet. */
  opened(): void
  /** The relay has answered: everything that waits may be sent now. */
  welcomed(): void
  frame(frame: IncomingFrame, receivedAt: number): void
  /** What was in flight is lost; `status` says already what comes next. */
  lost(reason: WildcastError): void
  status(status: Status): void
}
