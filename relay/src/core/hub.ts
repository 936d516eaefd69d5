import { type BrokerInfo, type BrokerMessage, isDerived, type Pattern, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions, Feature, Interest, Listener, OpenBroker } from './broker.js'
import { type BrokerLink, openLink } from './broker-link.js'
import type { Clock } from './clock.js'
import type { ContractGuard } from './contract/contract-guard.js'
import { guarded } from './contract/guarded-broker.js'
import type { FanOut } from './fan-out.js'
import type { Feed } from './feed.js'
import { type FeedRequest, interestKey } from './feed-request.js'
import { ParsedPayloads } from './filters/parsed-payloads.js'
import type { RecentRoom } from './history/recent-messages.js'
import type { HistoryStore } from './history-store.js'
import { Lease, type LeasePorts } from './lease.js'
import type { SubscriptionInfo } from './listing.js'
import type { LeaseMember, Membership } from './membership.js'
import type { Observer } from './observer.js'
import type { OnFailure } from './outlet.js'
import { PublishCounts } from './publish-counts.js'
import type { PublishKey } from './publish-key.js'
import type { BacklogRoom } from './room.js'
import type { Soon, ValueStore, ValueWrite, Written } from './store.js'
import type { Stores } from './sweeping.js'
import type { TimeSlice } from './time-slice.js'
import type { ValueRoom } from './values/kept-values.js'

export interface HubOptions {
  /** The brokers under their names; the first is the default. */
  readonly brokers: Readonly<Record<string, OpenBroker>>
  readonly clock: Clock
  readonly onError: OnFailure
  readonly observer: Observer
  /** Memory that the frames kept for all clients share. */
  readonly room: BacklogRoom
  readonly valueRoom: ValueRoom
  readonly recentRoom: RecentRoom
  readonly fanOut: FanOut
  readonly slice: TimeSlice
  /** Checks data by the contract of the relay. @default all data fits */
  readonly contract?: ContractGuard | undefined
  /** Counts the messages that are published; hubs may share it. @default a count of its own */
  readonly messages?: { count: number } | undefined
}

/** A broker's status. */
export interface BrokerHealth {
  readonly name: string
  readonly status: 'up' | 'down'
  /** Why it is down, for operators: without secrets, but with addresses. */
  readonly cause?: string
}

/** Subscribes at brokers once for each distinct interest, and fans messages out to sessions. */
export class Hub {
  readonly counts: PublishCounts
  readonly #options: HubOptions
  readonly #links: Map<string, BrokerLink> = new Map()
  readonly #leases: Map<string, Lease> = new Map()
  readonly #ports: LeasePorts
  /**
   * By the key of an interest: settles when the broker has unsubscribed it. Subscribing again waits
   * for that, so that neither overtakes the other.
   */
  readonly #unsubscribing: Map<string, Promise<void>> = new Map()
  /** Absent if it has no broker. */
  readonly #default: string | undefined
  readonly #messages: { count: number }
  #lastId = 0

  private constructor(options: HubOptions) {
    this.#default = Object.keys(options.brokers)[0]
    this.#messages = options.messages ?? { count: 0 }
    this.#options = options
    this.counts = new PublishCounts(options.observer, options.clock)
    this.#ports = { ...options, parsed: options.contract?.parsed ?? new ParsedPayloads(), nextId: () => ++this.#lastId }
  }

  /** Opens all brokers. */
  static async open(options: HubOptions): Promise<Hub> {
    const hub = new Hub(options)
    try {
      await hub.#connectAll()
    } catch (cause) {
      await hub.close() // the brokers that were opened before the failure
      throw cause
    }
    return hub
  }

  /**
   * Names, status and features, for `Welcome` and health.
   * @param only - the only one to list
   */
  brokers(only?: string): readonly BrokerInfo[] {
    return this.#listed(only).map(([name, { broker, status }]) => ({
      name,
      default: name === (only ?? this.#default),
      status,
      features: Object.entries(broker.features).flatMap(([feature, can]) => (can === true ? [feature] : [])),
    }))
  }

  /** The status of each broker, or of only one, and why it is down. */
  health(only?: string): readonly BrokerHealth[] {
    return this.#listed(only).map(([name, { status, cause }]) => ({
      name,
      status,
      ...(cause && { cause: cause.message }),
    }))
  }

  /**
   * Returns the name of a broker, or of the default one.
   * @throws {WildcastError} `unknown_broker`
   */
  nameOf(broker: string | undefined): string {
    const name = broker ?? this.#default
    if (name === undefined) throw new WildcastError('unknown_broker', 'no broker is open to you')
    this.#linkOf(name)
    return name
  }

  /** @throws {WildcastError} `unsupported`, with the broker's reason */
  demand(name: string, feature: Feature): void {
    const can = this.#linkOf(name).broker.features[feature]
    if (can === true) return
    const why = can.replaceAll('brokers.NAME', `brokers.${name}`)
    throw new WildcastError('unsupported', `broker "${name}" can't do "${feature}": ${why}`)
  }

  can(name: string, feature: Feature): boolean {
    return this.#linkOf(name).broker.features[feature] === true
  }

  /**
   * Resolves when work on a broker has settled or its link is lost; then the broker itself reports
   * the outcome of pending work. Undefined while the link is down.
   */
  untilDown(name: string, work: Promise<unknown>): Promise<void> | undefined {
    const link = this.#linkOf(name)
    return link.status === 'up' ? link.untilDown(work) : undefined
  }

  /** See `BrokerLink.whenBack`. */
  whenBack(name: string, run: () => void): () => void {
    return this.#linkOf(name).whenBack(run)
  }

  /** See `BrokerLink.whenUp`. */
  whenUp(name: string, run: () => void): () => void {
    return this.#linkOf(name).whenUp(run)
  }

  /** Returns a unique number for a message that is about to be published. */
  nextMessageId(): number {
    return ++this.#messages.count
  }

  /** Publishes a message. Returns its position, if the broker keeps it: see `Broker.publish`. */
  publish(name: string, message: BrokerMessage, key?: PublishKey): Soon<string | undefined> {
    return this.counts.publish(name, () => {
      const { broker } = this.#linkOf(name)
      const { history } = broker
      if (history?.rules.keep(message.subject)) return history.append(message, key)
      return broker.publish(message) as Promise<undefined> | undefined // no value is undefined
    })
  }

  /** See `ValueStore.write`. @throws {WildcastError} `unsupported` */
  write(name: string, write: ValueWrite): Soon<Written> {
    return this.counts.publish(name, () => this.values(name).write(write))
  }

  /** Returns the store of a broker. @throws {WildcastError} `unsupported` */
  values(name: string): ValueStore {
    this.demand(name, 'retained')
    const { values } = this.#linkOf(name).broker
    if (!values) throw new TypeError(`the broker "${name}" has "retained", but no store`)
    return values
  }

  /**
   * Returns the history of a broker.
   * @throws {WildcastError} `unsupported`, also if no message of the pattern is kept
   */
  history(name: string, pattern: Pattern): HistoryStore {
    this.demand(name, 'history')
    const { history } = this.#linkOf(name).broker
    if (!history) throw new TypeError(`the broker "${name}" has "history", but no store`)
    const { rules } = history
    if (rules.canRead(pattern)) return history
    // Without the rules: a client may not know the subjects of others.
    throw new WildcastError(
      'unsupported',
      rules.touching(pattern).length > 0
        ? `several rules of broker "${name}" keep messages of "${pattern}", in no common order; subscribe to each`
        : `no rule of broker "${name}" keeps messages of "${pattern}"; add one, or leave "after" and "last" out`,
    )
  }

  /** Returns the stores of a broker that are usable now. */
  stores(name: string): Stores {
    return this.#linkOf(name).broker
  }

  /** See `Broker.request`. @throws {WildcastError} `unsupported` */
  request(name: string, message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const { broker } = this.#linkOf(name)
    if (!broker.request) throw new WildcastError('unsupported', `broker "${name}" has no request/response`)
    return broker.request(message, options)
  }

  /** Subscribes for the relay itself, without a session. See `Broker.subscribe`. */
  listen(name: string, interest: Interest, listener: Listener): Promise<() => Promise<void>> {
    return this.#linkOf(name).broker.subscribe(interest, listener)
  }

  /** The subscriptions that sessions have, without those to single answers. */
  *subscriptions(): Iterable<SubscriptionInfo> {
    for (const { info } of this.#leases.values()) if (info.sessions > 0 && !isDerived(info.subject)) yield info
  }

  /** Returns the feed that a subscription would share, if any. */
  feed({ broker, interest, ...terms }: FeedRequest): Feed | undefined {
    return this.#leases.get(interestKey(broker, interest))?.feed(terms)
  }

  /**
   * Adds a member to a feed when the broker has confirmed the interest. `joined` runs before the
   * member's first message.
   * @throws {WildcastError} `already_served`; `rate_limited` if the pattern has too many filters
   */
  join({ broker, interest, ...terms }: FeedRequest, joiner: Pick<LeaseMember, 'member' | 'joined'>): Membership {
    const key = interestKey(broker, interest)
    const shared = this.#leases.get(key)
    if (shared && interest.serve)
      throw new WildcastError('already_served', `"${interest.pattern}" has a server already; it must leave first`)
    const lease = shared ?? this.#openLease(key, broker, interest)
    return lease.join({ ...terms, ...joiner })
  }

  async close(): Promise<void> {
    const closing = [...this.#links].map(([name, { broker }]) =>
      broker
        .close()
        .catch((cause) => this.#options.onError(WildcastError.from(cause), { stage: 'close', broker: name })),
    )
    await Promise.all(closing)
  }

  /** Connects to all at once, so that a slow broker delays no other. */
  async #connectAll(): Promise<void> {
    const names = Object.entries(this.#options.brokers)
    const opened = await Promise.allSettled(names.map(([name, open]) => this.#connect(name, open)))
    opened.forEach((link, i) => {
      const [name] = names[i] as [string, OpenBroker]
      if (link.status === 'fulfilled') this.#links.set(name, link.value) // in the order in which they were named
    })
    const failed = opened.find((link) => link.status === 'rejected')
    if (failed) throw failed.reason
  }

  #connect(name: string, open: OpenBroker): Promise<BrokerLink> {
    const each = (report: (lease: Lease) => void) => (): void => {
      for (const lease of this.#leases.values()) if (lease.broker === name) report(lease)
    }
    const lost = each((lease) => lease.reportOutage())
    const returned = each((lease) => lease.reportGap())
    const { contract, onError } = this.#options
    const opened = contract?.checksBrokers ? guarded(open, { name, contract, onError }) : open
    return openLink(opened, { ...this.#options, name, lost, returned })
  }

  #listed(only: string | undefined): readonly (readonly [string, BrokerLink])[] {
    return [...this.#links].filter(([name]) => only === undefined || name === only)
  }

  #linkOf(name: string): BrokerLink {
    const link = this.#links.get(name)
    if (link) return link
    const known = [...this.#links.keys()].join(', ')
    throw new WildcastError('unknown_broker', `there is no broker of that name; there are: ${known}`)
  }

  #openLease(key: string, broker: string, interest: Interest): Lease {
    const options = { broker, interest, link: this.#linkOf(broker), after: this.#unsubscribing.get(key) }
    const lease = new Lease({ ...options, over: (undone) => this.#drop(key, lease, undone) }, this.#ports)
    this.#leases.set(key, lease)
    return lease
  }

  #drop(key: string, lease: Lease, undone: Promise<void> | undefined): void {
    if (this.#leases.get(key) === lease) this.#leases.delete(key)
    if (!undone) return
    const unsubscribed: Promise<void> = undone.then(() => {
      if (this.#unsubscribing.get(key) === unsubscribed) this.#unsubscribing.delete(key)
    })
    this.#unsubscribing.set(key, unsubscribed)
  }
}
