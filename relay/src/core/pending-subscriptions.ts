import type { Membership } from './membership.js'

interface Pending {
  readonly broker: string
  /** Whether it has a filter. */
  readonly filtered: boolean
  readonly membership: Membership
}

/**
 * The unconfirmed subscriptions of a session, and the later messages of its client, which wait for
 * them.
 */
export class PendingSubscriptions {
  readonly #idle: () => void
  /** By `feedRequestKey`. */
  readonly #pending: Map<string, Pending> = new Map()
  /** By broker: settles when all so far are confirmed or refused. */
  readonly #settled: Map<string, Promise<void>> = new Map()
  /** By broker: what its next message waits for, if one waits already. */
  readonly #waits: Map<string, Promise<void>> = new Map()

  /** @param idle - runs when nothing is pending and nothing waits */
  constructor(idle: () => void) {
    this.#idle = idle
  }

  get size(): number {
    return this.#pending.size
  }

  /** The number of those with a filter. */
  get filtered(): number {
    return [...this.#pending.values()].filter(({ filtered }) => filtered).length
  }

  /** Settles when the one of that key is confirmed or refused, if there is one. */
  done(key: string): Promise<unknown> | undefined {
    return this.#pending.get(key)?.membership.done
  }

  add(key: string, pending: Pending): void {
    const { broker, membership } = pending
    this.#pending.set(key, pending)
    // Messages that wait already are sent first.
    const before = [this.#settled.get(broker), this.#waits.get(broker), membership.done]
    this.#waits.delete(broker)
    this.#track(this.#settled, broker, Promise.allSettled(before).then(nothing))
  }

  delete(key: string): void {
    this.#pending.delete(key)
    this.#checkIdle()
  }

  /**
   * Resolves when a message to a broker may be sent: after the pending subscriptions and earlier
   * messages. Undefined if it need not wait.
   * @param bound - bounds the wait; returns undefined for none
   */
  before(broker: string, bound: (settled: Promise<void>) => Promise<void> | undefined): Promise<void> | undefined {
    const waiting = this.#waits.get(broker)
    if (waiting !== undefined) return waiting
    const settled = this.#settled.get(broker)
    const wait = settled === undefined ? undefined : bound(settled)
    if (wait !== undefined) this.#track(this.#waits, broker, wait)
    return wait
  }

  /** Ends all. */
  end(): void {
    for (const { membership } of this.#pending.values()) membership.end()
  }

  /** Keeps a promise until it settles. Callbacks run in the order of chaining. */
  #track(promises: Map<string, Promise<void>>, broker: string, promise: Promise<void>): void {
    const drop = (): void => {
      if (promises.get(broker) === promise) promises.delete(broker)
      this.#checkIdle()
    }
    promises.set(broker, promise)
    promise.then(drop, drop)
  }

  #checkIdle(): void {
    if (this.#pending.size + this.#settled.size + this.#waits.size === 0) this.#idle()
  }
}

function nothing(): void {}
