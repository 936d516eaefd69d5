import { limits } from '@wildcast/protocol'

/** What one session may use. Told to clients in `Welcome`. */
export interface SessionLimits {
  /** Bytes of a payload. @default 1 MiB */
  readonly payload: number
  /** Subscriptions of a session. @default 1000 */
  readonly subscriptions: number
  /** Requests in flight of a session. @default 1000 */
  readonly requests: number
}

export const defaultLimits: SessionLimits = { payload: limits.payloadBytes, subscriptions: 1000, requests: 1000 }
