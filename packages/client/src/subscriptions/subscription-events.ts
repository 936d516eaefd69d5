import type { WildcastError } from '@wildcast/protocol/client'

/**
 * What a subscription is doing. `idle`: the client does not connect. `connecting`: the first
 * connection is on its way. `syncing`: asked, not confirmed yet. `ready`: every message arrives.
 * `reconnecting`: was ready, will be again; without a gap if the relay has kept the session.
 * `denied`: not permitted; asked again with the next connection. `error`: refused; if `error.retry`
 * says so, asked again by itself, and for `too_many_subscriptions` when another subscription of the
 * client ends.
 */
export type SubscriptionStatus = 'idle' | 'connecting' | 'syncing' | 'ready' | 'reconnecting' | 'denied' | 'error'

/** Messages were lost. */
export interface Gap {
  /** How many, where that is known. */
  readonly missed?: number | undefined
}

/** What a subscription tells beside its messages. */
export interface SubscriptionEvents {
  /** Called at once with the present status, then at each change. */
  readonly onStatus?: ((status: SubscriptionStatus) => void) | undefined
  /** Called before the first message that follows a loss. */
  readonly onGap?: ((gap: Gap) => void) | undefined
  /**
   * Called at each refusal, also if the subscription is asked again by itself; and once for a
   * refusal that came before this subscriber.
   * @default the client's `onError`
   */
  readonly onError?: ((error: WildcastError) => void) | undefined
}
