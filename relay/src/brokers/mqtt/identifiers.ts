import { BoundedMap } from '../bounded-map.js'
import { isShare, overlap } from './filters.js'
import { recentPackets } from './recent-packets.js'
import type { Route, Routes, Take } from './routes.js'
import type { Incoming, MqttWire } from './wire.js'

interface Listener {
  readonly take: Take
}

/** A subscription at the server, and its listeners. */
interface Subscription {
  readonly id: number
  readonly filter: string
  readonly listeners: Set<Listener>
  readonly confirmed: Promise<void>
}

/**
 * How many ended subscriptions are remembered: a server may still send what it had queued for one
 * (MQTT 5, 3.10.4).
 */
const mostLate = 1000

/**
 * Finds the subscriptions of a packet by its identifiers: some servers send a packet once for each
 * filter that matches, others once for all.
 */
export class Identifiers implements Routes {
  readonly #wire: MqttWire
  readonly #onLost: () => void
  /** Those that the server has not confirmed as ended. */
  readonly #subscriptions: Map<number, Subscription> = new Map()
  /** Those that are not unsubscribed: a second subscription to a filter would replace the first. */
  readonly #byFilter: Map<string, Subscription> = new Map()
  /** Those that the server has confirmed as ended. */
  readonly #late: BoundedMap<number, Subscription> = new BoundedMap(mostLate)
  readonly #recent: ReturnType<typeof recentPackets> = recentPackets()
  #last = 0

  /** @param onLost Called for each packet without a clear subscription. */
  constructor(wire: MqttWire, onLost: () => void) {
    this.#wire = wire
    this.#onLost = onLost
  }

  received(packet: Incoming): void {
    const repeated = this.#recent.isRepeated(packet)
    // A packet that was first sent to another member of a share is marked as repeated, too.
    for (const { filter, listeners } of this.#subscriptionsOf(packet))
      if (!repeated || isShare(filter)) for (const { take } of listeners) take(packet)
  }

  add(filter: string, take: Take): Route {
    const subscription = this.#byFilter.get(filter) ?? this.#subscribe(filter)
    const listener: Listener = { take }
    subscription.listeners.add(listener)
    return { confirmed: subscription.confirmed, end: () => this.#leave(subscription, listener) }
  }

  mark(): Promise<void> {
    return this.#wire.mark()
  }

  close(): Promise<void> {
    return this.#wire.close()
  }

  #subscribe(filter: string): Subscription {
    const id = ++this.#last
    const subscription: Subscription = { id, filter, listeners: new Set(), confirmed: this.#wire.subscribe(filter, id) }
    this.#subscriptions.set(id, subscription)
    this.#byFilter.set(filter, subscription)
    subscription.confirmed.catch(() => {
      this.#release(subscription)
      this.#subscriptions.delete(id)
    })
    return subscription
  }

  async #leave(subscription: Subscription, listener: Listener): Promise<void> {
    if (this.#byFilter.get(subscription.filter) !== subscription || !subscription.listeners.has(listener)) return
    if (subscription.listeners.size > 1) {
      subscription.listeners.delete(listener)
      return
    }
    this.#release(subscription)
    await this.#wire.unsubscribe(subscription.filter)
    this.#subscriptions.delete(subscription.id)
    this.#late.set(subscription.id, subscription)
  }

  #release(subscription: Subscription): void {
    if (this.#byFilter.get(subscription.filter) === subscription) this.#byFilter.delete(subscription.filter)
  }

  /**
   * Returns the subscriptions of a packet. A server that omits the identifier may send the packet
   * again for another filter: so if several filters match, no subscription gets it.
   */
  #subscriptionsOf({ topic, properties = {} }: Incoming): readonly Subscription[] {
    const { subscriptionIdentifier } = properties
    if (subscriptionIdentifier !== undefined) {
      const ids = [...new Set([subscriptionIdentifier].flat())]
      return ids.flatMap((id) => this.#subscriptions.get(id) ?? this.#late.get(id) ?? [])
    }
    const matching = [...this.#subscriptions.values()].filter(({ filter }) => overlap(filter, topic))
    if (matching.length <= 1) return matching
    this.#onLost()
    return []
  }
}
