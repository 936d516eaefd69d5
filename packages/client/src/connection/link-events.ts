import type { RelayFrame, WildcastError } from '@wildcast/protocol/client'
import type { Status } from './status.js'

/** A frame that the link doesn't handle itself. */
export type IncomingFrame = Exclude<RelayFrame, { readonly kind: 'Ping' | 'GoingAway' | 'Welcome' }>

/** The events of a link. */
export interface LinkEvents {
  /** Frames of a new session can be sent, possibly before `Welcome`. */
  opened(): void
  /** The relay has welcomed a new or resumed session: queued frames can be sent. */
  welcomed(): void
  /** The relay has accepted a newer token: permissions may have changed. */
  renewed(): void
  frame(frame: IncomingFrame, receivedAt: number): void
  /** The session and everything in flight are lost. `status` already has the next state. */
  lost(reason: WildcastError): void
  status(status: Status): void
}
