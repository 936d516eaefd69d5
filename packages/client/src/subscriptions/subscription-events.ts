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

/**
 * How whole the messages of a subscription are. `live`: confirmed, and nothing was lost.
 * `catching-up`: nothing is known to be lost, but messages may be on their way: it is not confirmed
 * yet, or the connection is away and the relay may have kept its session, or sends what it has
 * kept. `gap`: messages were lost, and the next has not come yet. `stale`: it was confirmed and is
 * not any more, since the session is lost, or the subscription refused: what is published now will
 * be missing.
 */
export type Continuity = 'live' | 'catching-up' | 'gap' | 'stale'

/** How whole the messages of a subscription are, and until when they were. */
export interface Completeness {
  readonly continuity: Continuity
  /**
   * When they were last known to be whole, in milliseconds since 1970: while live, when that began;
   * undefined before it was confirmed for the first time.
   */
  readonly asOf: number | undefined
  /** How many were lost in all, as far as the relay could tell. */
  readonly missed: number
}

/** What a subscription tells beside its messages. */
export interface SubscriptionEvents {
  /** Called at once with the present status, then at each change. */
  readonly onStatus?: ((status: SubscriptionStatus) => void) | undefined
  /** Called before the first message that follows a loss. */
  readonly onGap?: ((gap: Gap) => void) | undefined
  /** Called at once, then at each change of `continuity` or `missed`. */
  readonly onContinuity?: ((now: Completeness) => void) | undefined
  /**
   * Called at each refusal, also if the subscription is asked again by itself; and once for a
   * refusal that came before this subscriber.
   * @default the client's `onError`
   */
  readonly onError?: ((error: WildcastError) => void) | undefined
}
