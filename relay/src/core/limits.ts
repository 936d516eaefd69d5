import { limits } from '@wildcast/protocol'

/** What one session may use. Told to clients in `Welcome`. */
export interface SessionLimits {
  /** Bytes of a payload. @default 1 MiB */
  readonly payload: number
  /** Subscriptions of a session. @default 1000 */
  readonly subscriptions: number
  /** Requests in flight of a session. @default 1000 */
  readonly requests: number
  /** Bytes of messages that wait for a reader who is behind, before they are dropped and told as a gap. @default 1 MiB */
  readonly backlog: number
}

export const defaultLimits: SessionLimits = {
  payload: limits.payloadBytes,
  subscriptions: 1000,
  requests: 1000,
  backlog: 1024 * 1024,
}
