import type { WildcastError } from '@wildcast/protocol/client'
import type { TransportKind } from '../transports/transport.js'

/** The state of a client's connection. `since` and `nextRetryAt` are milliseconds since 1970. */
export type Status =
  /** The environment has no transport (server rendering), or the client was not used yet. */
  | { readonly state: 'idle'; readonly since: number }
  /** `attempt` counts the previous failures in a row; `reason` is the error of the last one. */
  | {
      readonly state: 'connecting'
      readonly since: number
      readonly attempt: number
      readonly reason: WildcastError | undefined
    }
  /**
   * `transport` is undefined for a custom transport without a `kind`. `rttMs` is how long the relay
   * took to welcome the client: a round trip, and the check of its token. `leader` is whether this
   * tab holds the connection that it shares with others; undefined without `shareTabs`.
   */
  | {
      readonly state: 'online'
      readonly since: number
      readonly transport: TransportKind | undefined
      readonly rttMs: number
      readonly leader?: boolean | undefined
    }
  | {
      readonly state: 'waiting'
      readonly since: number
      readonly attempt: number
      readonly nextRetryAt: number
      readonly reason: WildcastError
    }
  /**
   * Closed by `close()`, without a reason; or refused by the relay for good: only `reconnect()`
   * connects again.
   */
  | { readonly state: 'closed'; readonly since: number; readonly reason: WildcastError | undefined }
