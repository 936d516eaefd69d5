import type { Membership } from './membership.js'

interface Pending {
  readonly broker: string
  readonly membership: Membership
}

/**
 * The subscriptions of a session that its brokers have yet to confirm, and what waits for them:
 * messages that its client said later.
 */
export class PendingSubscriptions {
  readonly #idle: () => void
  /** By what they ask for. */
  readonly #pending: Map<string, Pending> = new Map()
  /** For each broker, when all so far are confirmed or refused. */
  readonly #settled: Map<string, Promise<void>> = new Map()
  /** For each broker, what its next message waits for, if one does already. */
  readonly #waits: Map<string, Promise<void>> = new Map()

  /** @param idle - runs when nothing is pending and nothing waits */
  constructor(idle: () => void) {
    this.#idle = idle
  }

  get size(): number {
    return this.#pending.size
  }

  /** When the one of that key is confirmed or refused, if there is one. */
  done(key: string): Promise<unknown> | undefined {
    return this.#pending.get(key)?.membership.done
  }

  add(key: string, pending: Pending): void {
    const { broker, membership } = pending
    this.#pending.set(key, pending)
    // Messages that wait already go first.
    const before = [this.#settled.get(broker), this.#waits.get(broker), membership.done]
    this.#waits.delete(broker)
    this.#hold(this.#settled, broker, Promise.allSettled(before).then(nothing))
  }

  delete(key: string): void {
    this.#pending.delete(key)
    this.#look()
  }

  /**
   * What a message to a broker waits for: those that are pending now, and the messages that came
   * before it. Undefined if there is nothing to wait for.
   * @param bound - what is waited for instead, undefined for nothing
   */
  before(broker: string, bound: (settled: Promise<void>) => Promise<void> | undefined): Promise<void> | undefined {
    const waiting = this.#waits.get(broker)
    if (waiting !== undefined) return waiting
    const settled = this.#settled.get(broker)
    const wait = settled === undefined ? undefined : bound(settled)
    if (wait !== undefined) this.#hold(this.#waits, broker, wait)
    return wait
  }

  /** Nothing of them comes. */
  end(): void {
    for (const { membership } of this.#pending.values()) membership.end()
  }

  /** Keeps a promise until it resolves; what is chained to it later runs later. */
  #hold(promises: Map<string, Promise<void>>, broker: string, promise: Promise<void>): void {
    const drop = (): void => {
      if (promises.get(broker) === promise) promises.delete(broker)
      this.#look()
    }
    promises.set(broker, promise)
    promise.then(drop, drop)
  }

  #look(): void {
    if (this.#pending.size + this.#settled.size + this.#waits.size === 0) this.#idle()
  }
}

function nothing(): void {}
