import { intersects, type Pattern } from '@wildcast/protocol'
import type { Qos } from './codec/packets.js'

/** A subscription of a client. */
export interface MqttSubscription {
  /** As the client has written it, with `$share/…`. */
  readonly filter: string
  readonly pattern: Pattern
  readonly isShared: boolean
  readonly qos: Qos
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  /** The subscription identifier. */
  readonly id: number | undefined
}

/** A subscription and the feed that its messages come from. */
export interface Subscribed {
  readonly feed: number
  readonly subscription: MqttSubscription
  /** Whether a message may match another subscription of the client, too. */
  readonly overlaps: boolean
}

/** The subscriptions of a session, by filter and by feed. */
export class MqttSubscriptions {
  readonly #byFilter: Map<string, Subscribed> = new Map()
  readonly #byFeed: Map<number, Subscribed> = new Map()

  get size(): number {
    return this.#byFilter.size
  }

  of(filter: string): Subscribed | undefined {
    return this.#byFilter.get(filter)
  }

  at(feed: number): Subscribed | undefined {
    return this.#byFeed.get(feed)
  }

  /** Adds a subscription, or replaces the one of the same filter. */
  set(feed: number, subscription: MqttSubscription): void {
    const former = this.#byFilter.get(subscription.filter)
    const overlaps = !subscription.isShared && (former?.overlaps ?? this.#markOverlaps(subscription))
    this.#put({ feed, subscription, overlaps })
  }

  delete({ feed, subscription }: Subscribed): void {
    this.#byFilter.delete(subscription.filter)
    this.#byFeed.delete(feed)
  }

  /** Marks the others that overlap it. Returns whether there are any. */
  #markOverlaps({ pattern }: MqttSubscription): boolean {
    let any = false
    for (const other of [...this.#byFilter.values()]) {
      if (other.subscription.isShared || !intersects(pattern, other.subscription.pattern)) continue
      any = true
      if (!other.overlaps) this.#put({ ...other, overlaps: true })
    }
    return any
  }

  #put(subscribed: Subscribed): void {
    this.#byFilter.set(subscribed.subscription.filter, subscribed)
    this.#byFeed.set(subscribed.feed, subscribed)
  }
}
