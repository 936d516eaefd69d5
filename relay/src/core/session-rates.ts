import { type Payload, payloadSize, refusal, type WildcastError } from '@wildcast/protocol'
import type { Clock } from './clock.js'
import type { SessionLimits } from './limits.js'
import { networkOf } from './network-of.js'
import { KeyedRates, Rate } from './rates.js'

/** The rates that the sessions of a relay share. */
export class RelayRates {
  readonly clock: Clock
  readonly limits: SessionLimits
  /** The publishes of each user, in all sessions. */
  readonly users: KeyedRates
  /** The publishes and subscriptions of sessions that last for a request only, by their key. */
  readonly publishes: KeyedRates
  readonly subscribes: KeyedRates

  constructor(clock: Clock, limits: SessionLimits) {
    this.clock = clock
    this.limits = limits
    this.users = new KeyedRates({ count: limits.userPublishes, bytes: limits.userPublishBytes })
    this.publishes = new KeyedRates({ count: limits.publishes, bytes: limits.publishBytes })
    this.subscribes = new KeyedRates({ count: limits.subscribes })
  }

  /**
   * The rates of a new session. Undefined if they have no limit.
   * @param key - shared by sessions that last for a request only
   */
  open(key: string | undefined): SessionRates | undefined {
    const { publishes, publishBytes, userPublishes, userPublishBytes, subscribes } = this.limits
    const isLimited = [publishes, publishBytes, userPublishes, userPublishBytes, subscribes].some(
      (limit) => limit !== undefined,
    )
    return isLimited ? new SessionRates(this, key) : undefined
  }
}

/** The rates of a session, and those that it shares. */
export class SessionRates {
  readonly #shared: RelayRates
  readonly #key: string | undefined
  #publishes: Rate | undefined
  #subscribes: Rate | undefined

  constructor(shared: RelayRates, key: string | undefined) {
    this.#shared = shared
    this.#key = key
  }

  /**
   * Counts a publish or a request.
   * @throws {WildcastError} `rate_limited` if the session or its user exceeds a rate
   */
  publish(payload: Payload, user: string | undefined): void {
    const { limits, clock, users } = this.#shared
    const now = clock.now()
    const bytes = this.#bytesOf(payload)
    const own = this.#ownPublishes(now)
    const ofUser = user === undefined ? undefined : users.of(user, now)
    const ownMs = own.waitMs(bytes, now)
    if (ownMs > 0) throw tooFast('session', limits.publishes, limits.publishBytes, ownMs)
    const userMs = ofUser?.waitMs(bytes, now) ?? 0
    if (userMs > 0) throw tooFast('user', limits.userPublishes, limits.userPublishBytes, userMs)
    own.take(bytes)
    ofUser?.take(bytes)
  }

  /** Counts a frame that can't be read as a publish, without a refusal. */
  unreadable(): void {
    this.#ownPublishes(this.#shared.clock.now()).take(0)
  }

  /**
   * Counts a new subscription.
   * @throws {WildcastError} `rate_limited`
   */
  subscribe(): void {
    const { limits, clock, subscribes } = this.#shared
    const now = clock.now()
    if (this.#key === undefined) this.#subscribes ??= new Rate({ count: limits.subscribes }, now)
    const own = this.#subscribes ?? subscribes.of(this.#key ?? '', now)
    const ms = own.waitMs(0, now)
    if (ms > 0)
      throw refusal('rate_limited', `${limits.subscribes} subscriptions a second are the limit; subscribe less often`, {
        retryInMs: ms,
      })
    own.take(0)
  }

  #ownPublishes(now: number): Rate {
    const { limits, publishes } = this.#shared
    if (this.#key !== undefined) return publishes.of(this.#key, now)
    this.#publishes ??= new Rate({ count: limits.publishes, bytes: limits.publishBytes }, now)
    return this.#publishes
  }

  /** Counted only if it matters. A payload that is too long is refused later. */
  #bytesOf(payload: Payload): number {
    const { publishBytes, userPublishBytes, payload: longest } = this.#shared.limits
    if (publishBytes === undefined && userPublishBytes === undefined) return 0
    return Math.min(longest, payloadSize(payload))
  }
}

function tooFast(
  whose: string,
  messages: number | undefined,
  bytes: number | undefined,
  retryInMs: number,
): WildcastError {
  const most = [
    ...(messages === undefined ? [] : [`${messages} publishes`]),
    ...(bytes === undefined ? [] : [`${bytes} bytes`]),
  ].join(' or ')
  return refusal('rate_limited', `a ${whose} may publish ${most} a second; wait ${retryInMs} ms`, { retryInMs })
}

/** Returns the key of the rates that all requests of a client share. */
export function rateKeyOf(user: string | undefined, address: string | undefined): string {
  if (user !== undefined) return `user ${user}`
  return address === undefined ? 'address' : `address ${networkOf(address)}`
}
