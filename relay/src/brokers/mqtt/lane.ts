import { FilterTree } from './filter-tree.js'
import { isShare, overlap } from './filters.js'
import { recentPackets } from './recent-packets.js'
import type { Take } from './routes.js'
import type { Incoming, MqttWire } from './wire.js'

/** A filter, and the function that receives its packets. */
export interface LaneListener {
  readonly filter: string
  readonly take: Take
}

/** A subscription of a lane at the server. */
export interface LaneSubscription {
  readonly filter: string
  readonly listeners: Set<LaneListener>
  readonly confirmed: Promise<void>
  /** Whether it was unsubscribed, and the server has not confirmed it. */
  isEnding: boolean
}

/** One of several connections to a server, whose filters do not overlap. */
export class Lane {
  readonly #wire: Promise<MqttWire>
  readonly #subscriptions: Map<string, LaneSubscription> = new Map()
  readonly #byTopic: FilterTree<LaneSubscription> = new FilterTree()
  readonly #recent: ReturnType<typeof recentPackets> = recentPackets()
  /** Cancels the timer that closes the lane if it has no filters. */
  stopLinger: () => void = () => {}

  constructor(wire: Promise<MqttWire>) {
    this.#wire = wire
  }

  get isEmpty(): boolean {
    return this.#subscriptions.size === 0
  }

  /** Whether it is subscribed to exactly this filter. */
  has(filter: string): boolean {
    return this.#subscriptions.get(filter)?.isEnding === false
  }

  /** Whether a filter overlaps a filter of the lane. */
  overlaps(filter: string): boolean {
    return this.#byTopic.overlaps(filter)
  }

  receive(packet: Incoming): void {
    const repeated = this.#recent.isRepeated(packet)
    const subscription = this.#byTopic.find(packet.topic)
    // In a share, a packet that was first sent to another member is marked as repeated, too.
    if (!subscription || (repeated && !isShare(subscription.filter))) return
    for (const { filter, take } of subscription.listeners)
      if (filter === subscription.filter || overlap(filter, packet.topic)) take(packet)
  }

  /** Adds a listener to the subscription of a filter, which is subscribed if it is new. */
  join(filter: string, listener: LaneListener): LaneSubscription {
    const subscription = this.#subscriptionTo(filter)
    subscription.listeners.add(listener)
    return subscription
  }

  /**
   * Removes a listener, and unsubscribes with the last one. Resolves when the server has confirmed
   * that: until then, the lane must get no filter that overlaps the old one.
   */
  async leave(subscription: LaneSubscription, listener: LaneListener): Promise<void> {
    if (subscription.isEnding || !subscription.listeners.has(listener)) return
    if (subscription.listeners.size > 1) {
      subscription.listeners.delete(listener)
      return
    }
    subscription.isEnding = true
    await this.#wire.then(
      (wire) => wire.unsubscribe(subscription.filter),
      () => {}, // never opened, so that nothing is subscribed: those who joined have the failure
    )
    if (this.#subscriptions.get(subscription.filter) !== subscription) return
    this.#subscriptions.delete(subscription.filter)
    this.#byTopic.delete(subscription.filter)
  }

  /** See `MqttWire.mark`. */
  async mark(): Promise<void> {
    const wire = await this.#wire.catch(() => undefined) // then it has no subscriptions
    await wire?.mark()
  }

  /** Closes the connection, if it is open. Never rejects. */
  close(): Promise<void> {
    return this.#wire.then(
      (wire) => wire.close(),
      () => {}, // never opened: those who joined have the failure
    )
  }

  #subscriptionTo(filter: string): LaneSubscription {
    const present = this.#subscriptions.get(filter)
    // On the last lanes the old one may be ending: it is unsubscribed before the new SUBSCRIBE.
    if (present && !present.isEnding) return present
    const confirmed = this.#wire.then((wire) => wire.subscribe(filter))
    const subscription: LaneSubscription = { filter, listeners: new Set(), confirmed, isEnding: false }
    this.#subscriptions.set(filter, subscription)
    this.#byTopic.set(filter, subscription)
    return subscription
  }
}
