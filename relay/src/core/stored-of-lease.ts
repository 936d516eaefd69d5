import type { BrokerMessage } from '@wildcast/protocol'
import type { Interest } from './broker.js'
import type { BrokerLink } from './broker-link.js'
import type { Clock } from './clock.js'
import type { Filter } from './filters/filter.js'
import { FeedHistory, type KeptMessages } from './history/feed-history.js'
import { LivePositions } from './history/live-positions.js'
import type { RecentRoom } from './history/recent-messages.js'
import type { StoredMessage } from './history-store.js'
import { KeptValues, type ValueRoom } from './values/kept-values.js'

/** Memory that all interests share. */
export interface StoredRooms {
  readonly valueRoom: ValueRoom
  readonly recentRoom: RecentRoom
}

export interface StoredOfLeaseOptions extends StoredRooms {
  readonly broker: string
  readonly interest: Interest
  readonly link: BrokerLink
  readonly clock: Clock
}

/** The values and messages that the broker keeps of the subjects of an interest. */
export class StoredOfLease {
  readonly #options: StoredOfLeaseOptions
  /** Made when a member reads them. */
  #values: KeptValues | undefined
  /** Made when the broker has confirmed an interest whose messages it keeps. */
  #positions: LivePositions | undefined

  constructor(options: StoredOfLeaseOptions) {
    this.#options = options
  }

  /** The positions of kept messages; undefined if the broker keeps none of the interest. */
  get positions(): LivePositions | undefined {
    const { interest, link } = this.#options
    const { pattern, group, serve } = interest
    const { history } = link.broker
    if (!this.#positions && history && group === undefined && !serve && history.rules.canRead(pattern))
      this.#positions = new LivePositions(history, pattern)
    return this.#positions
  }

  /** Which messages of the pattern are kept. */
  get kept(): KeptMessages {
    const { interest, link } = this.#options
    const position = this.#positions?.newest
    const isWhole = position !== undefined && link.broker.history?.rules.cover(interest.pattern)
    return { position, whole: isWhole || undefined }
  }

  /** The values of the pattern, kept while they are read. */
  values(): KeptValues {
    const { broker, interest, link, clock, valueRoom: room } = this.#options
    const { values: store } = link.broker
    if (!store) throw new TypeError(`the broker "${broker}" keeps no values`)
    this.#values ??= new KeptValues({ store, pattern: interest.pattern, clock, room })
    return this.#values
  }

  /** Opens the history of the pattern, for the members of a feed. */
  history(filter: Filter | undefined): FeedHistory {
    const { positions } = this
    const { broker, interest, link, recentRoom: room } = this.#options
    const { history: store } = link.broker
    if (!store || !positions) throw new TypeError(`the broker "${broker}" keeps no messages`)
    const whenUp = (run: () => void): void => void link.whenUp(run)
    const matches = ({ payload }: StoredMessage): boolean => filter?.matches(payload) ?? true
    return new FeedHistory({ store, pattern: interest.pattern, positions, room, matches, whenUp })
  }

  /** A message is delivered. If it changes a value, returns the message that it replaces. */
  observe(message: BrokerMessage): BrokerMessage | undefined {
    if (message.position !== undefined) this.#positions?.observe(message.position)
    const isValue = message.revision !== undefined || message.retained
    return isValue ? this.#values?.observe(message) : undefined
  }

  /** Messages were lost. */
  lost(): void {
    this.#values?.refill()
    this.#positions?.lost()
  }
}
