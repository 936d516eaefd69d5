import type { Joining } from './upstream.js'

interface Pending extends Joining {
  readonly broker: string
}

/** The subscriptions of a session that its brokers have yet to confirm. */
export class PendingSubscriptions {
  /** By what they ask for. */
  readonly #pending: Map<string, Pending> = new Map()
  /** For each broker, when those that are pending now are confirmed or refused. */
  readonly #settled: Map<string, Promise<unknown>> = new Map()

  get size(): number {
    return this.#pending.size
  }

  /** When the one of that key is confirmed or refused, where there is one. */
  done(key: string): Promise<unknown> | undefined {
    return this.#pending.get(key)?.done
  }

  add(key: string, pending: Pending): void {
    this.#pending.set(key, pending)
    this.#settled.clear()
  }

  delete(key: string): void {
    this.#pending.delete(key)
  }

  /** When all of a broker that are here now are confirmed or refused. Does not reject. */
  settled(broker: string): Promise<unknown> {
    const settled =
      this.#settled.get(broker) ??
      Promise.allSettled([...this.#pending.values()].flatMap((one) => (one.broker === broker ? one.done : [])))
    this.#settled.set(broker, settled)
    return settled
  }

  /** Nothing of them comes. */
  end(): void {
    for (const { membership } of this.#pending.values()) membership.end()
  }
}
