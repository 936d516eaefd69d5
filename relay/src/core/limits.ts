import { limits } from '@wildcast/protocol'

/** Limits of one session, sent to clients in `Welcome`. */
export interface SessionLimits {
  /** Bytes of a payload. @default 1 MiB */
  readonly payload: number
  /** Subscriptions of a session. @default 1000 */
  readonly subscriptions: number
  /** Requests in flight of a session. @default 1000 */
  readonly requests: number
  /**
   * Bytes of messages that wait for a slow reader before they are dropped and reported as a gap.
   * @default 1 MiB
   */
  readonly backlog: number
  /** Bytes of frames that are kept until a client confirms them. @default 1 MiB */
  readonly resume: number
  /** How long a session waits for its client to come back, in milliseconds. @default 60,000 */
  readonly resumeMs: number
}

export const defaultLimits: SessionLimits = {
  payload: limits.payloadBytes,
  subscriptions: 1000,
  requests: 1000,
  backlog: 1024 * 1024,
  resume: 1024 * 1024,
  resumeMs: 60_000,
}
