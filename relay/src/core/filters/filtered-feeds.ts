import { type BrokerMessage, type Payload, refusal } from '@wildcast/protocol'
import type { Feed } from '../feed.js'
import { type Policy, samePolicy } from '../policy.js'
import { type Filter, filterLimits, withoutFilter } from './filter.js'
import { FilterIndex } from './filter-index.js'
import type { ParsedPayloads } from './parsed-payloads.js'

/** The feeds of one filter: one for each policy. */
interface FilterFeeds {
  readonly filter: Filter
  /** Members, including those that wait for the broker's confirmation. */
  members: number
  /** Replaced, not mutated: the last member of one may leave during a delivery. */
  feeds: readonly Feed[]
}

/** The feeds of a pattern that have a filter. Only filters that may match a message test it. */
export class FilteredFeeds implements Iterable<Feed> {
  readonly #parsed: ParsedPayloads
  /** By the key of the filter. */
  readonly #filters: Map<string, FilterFeeds> = new Map()
  readonly #index: FilterIndex<FilterFeeds> = new FilterIndex()
  #size = 0

  constructor(parsed: ParsedPayloads) {
    this.#parsed = parsed
  }

  /** The number of feeds. */
  get size(): number {
    return this.#size
  }

  *[Symbol.iterator](): Iterator<Feed> {
    for (const { feeds } of [...this.#filters.values()]) yield* feeds
  }

  /**
   * A member will join.
   * @throws {WildcastError} `rate_limited` if the pattern has too many filters
   */
  expect(filter: Filter): void {
    const present = this.#filters.get(filter.key)
    if (present) present.members++
    else if (this.#filters.size < filterLimits.pattern) this.#filters.set(filter.key, { filter, members: 1, feeds: [] })
    else
      throw refusal('rate_limited', `the pattern has ${filterLimits.pattern} filters of all clients; ${withoutFilter}`)
  }

  /** A member has left, or does not join after all. */
  left(filter: Filter): void {
    const present = this.#filters.get(filter.key)
    if (!present) return
    present.members--
    this.#forget(present)
  }

  find(filter: Filter, policy: Policy): Feed | undefined {
    return this.#filters.get(filter.key)?.feeds.find((feed) => samePolicy(feed.policy, policy))
  }

  add(filter: Filter, feed: Feed): void {
    const present = this.#filters.get(filter.key)
    if (!present) throw new TypeError('the filter is not expected')
    if (present.feeds.length === 0) this.#index.add(present)
    present.feeds = [...present.feeds, feed]
    this.#size++
  }

  remove(filter: Filter, feed: Feed): void {
    const present = this.#filters.get(filter.key)
    if (!present?.feeds.includes(feed)) return
    present.feeds = present.feeds.filter((other) => other !== feed)
    this.#size--
    if (present.feeds.length === 0) this.#index.remove(present)
    this.#forget(present)
  }

  /**
   * Delivers a message to the feeds whose filter it matches. If it changes a value, those who read
   * values also receive that it no longer matches, or was deleted.
   * @param before - what subscribers had of the value
   */
  deliver(message: BrokerMessage, before: BrokerMessage | undefined): void {
    const matching = message.deleted ? [] : this.#matching(message.payload)
    for (const { feeds } of matching) for (const feed of feeds) feed.deliver(message)
    if (!before) return
    const { subject, revision, retained } = message
    const still = new Set(matching)
    const change: BrokerMessage = message.deleted ? message : { subject, payload: '', revision, retained, left: true }
    for (const one of this.#matching(before.payload))
      if (!still.has(one)) for (const feed of one.feeds) if (feed.readsValues) feed.deliver(change)
  }

  #matching(payload: Payload): readonly FilterFeeds[] {
    const json = this.#parsed.jsonOf(payload)
    return json === undefined ? [] : this.#index.matching(json)
  }

  #forget({ filter, members, feeds }: FilterFeeds): void {
    if (members === 0 && feeds.length === 0) this.#filters.delete(filter.key)
  }
}
