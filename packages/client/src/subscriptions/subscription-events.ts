import type { WildcastError } from '@wildcast/protocol/client'

/**
 * The status of a subscription. `idle`: the client does not connect. `connecting`: waiting for the
 * first connection. `syncing`: waiting for the relay's confirmation. `ready`: confirmed.
 * `reconnecting`: was ready and will be again, without a gap if the relay keeps the session.
 * `denied`: not permitted; retried with the next connection. `error`: refused; retried if
 * `error.retry` is true, and for `too_many_subscriptions` when another subscription of the client
 * ends.
 */
export type SubscriptionStatus = 'idle' | 'connecting' | 'syncing' | 'ready' | 'reconnecting' | 'denied' | 'error'

/** Messages were lost. */
export interface Gap {
  /** How many, if known. */
  readonly missed?: number | undefined
}

/** All values, or all kept messages, that a subscription asked for were delivered. */
export interface CaughtUp {
  /**
   * Whether no kept message is missing after the position that was asked for. Undefined for values
   * and `last`.
   */
  readonly recovered: boolean | undefined
}

/**
 * Whether the messages of a subscription are complete. `live`: confirmed, and nothing was lost.
 * `catching-up`: no known loss, but messages may be in flight: the subscription is not confirmed
 * yet, the connection is lost and the session may resume, or the relay is sending the messages that
 * it kept. `gap`: messages were lost, and no message was received since. `stale`: no longer
 * complete, because the session was lost, the subscription refused, or the relay has lost its link
 * to the broker: messages published now will be missing, unless the broker keeps them.
 */
export type Continuity = 'live' | 'catching-up' | 'gap' | 'stale'

/** Whether the messages of a subscription are complete, and until when they were. */
export interface Completeness {
  readonly continuity: Continuity
  /**
   * When the messages were last known to be complete, in milliseconds since 1970. While `live`:
   * since when. Undefined before the first confirmation.
   */
  readonly asOf: number | undefined
  /** The total number of lost messages that the relay could count. */
  readonly missed: number
}

/** The events of a subscription other than its messages. */
export interface SubscriptionEvents {
  /** Called at once with the current status, then at each change. */
  readonly onStatus?: ((status: SubscriptionStatus) => void) | undefined
  /** Called before the first message that follows a loss. */
  readonly onGap?: ((gap: Gap) => void) | undefined
  /**
   * Called when all values or kept messages that were there before are delivered: after subscribing
   * with `retained`, `after` or `last`, and again after each loss that the client makes good.
   */
  readonly onSynced?: ((caughtUp: CaughtUp) => void) | undefined
  /** Called at once, then at each change of `continuity` or `missed`. */
  readonly onContinuity?: ((now: Completeness) => void) | undefined
  /**
   * Called at each refusal, also if the client retries; and once for a refusal before this
   * subscriber joined.
   * @default the client's `onError`
   */
  readonly onError?: ((error: WildcastError) => void) | undefined
}
