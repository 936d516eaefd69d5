import type { WildcastError } from '@wildcast/protocol/client'
import type { TransportKind } from '../transports/transport.js'

/** What a client's connection is doing. `since` and `nextRetryAt` are milliseconds since 1970. */
export type Status =
  /** Nothing to connect with here (server render), or nobody has used the client yet. */
  | { readonly state: 'idle'; readonly since: number }
  /** `attempt` counts the failures in a row before this one, `reason` is that of the last. */
  | {
      readonly state: 'connecting'
      readonly since: number
      readonly attempt: number
      readonly reason: WildcastError | undefined
    }
  /** `transport` is undefined for one that was given as an option and does not say what it is. */
  | { readonly state: 'online'; readonly since: number; readonly transport: TransportKind | undefined }
  | {
      readonly state: 'waiting'
      readonly since: number
      readonly attempt: number
      readonly nextRetryAt: number
      readonly reason: WildcastError
    }
  /**
   * By `close()`, without a reason; or by the relay's final refusal, after which only `reconnect()`
   * tries again.
   */
  | { readonly state: 'closed'; readonly since: number; readonly reason: WildcastError | undefined }
