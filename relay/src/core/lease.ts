import { type BrokerMessage, WildcastError } from '@wildcast/protocol'
import type { Interest, Listener, Settle } from './broker.js'
import type { BrokerLink } from './broker-link.js'
import { Cancel } from './cancel.js'
import type { Clock } from './clock.js'
import type { FanOut } from './fan-out.js'
import { Feed, type FeedOptions } from './feed.js'
import { FilteredFeeds } from './filters/filtered-feeds.js'
import type { ParsedPayloads } from './filters/parsed-payloads.js'
import type { SubscriptionInfo } from './listing.js'
import { type LeaseMember, Membership } from './membership.js'
import type { OnFailure } from './outlet.js'
import { samePolicy } from './policy.js'
import type { BacklogRoom } from './room.js'
import { StoredOfLease, type StoredRooms } from './stored-of-lease.js'
import type { TimeSlice } from './time-slice.js'

/** Shared by all leases of a hub. */
export interface LeasePorts extends StoredRooms {
  readonly clock: Clock
  readonly onError: OnFailure
  readonly observer: FeedOptions['observer']
  readonly room: BacklogRoom
  readonly fanOut: FanOut
  readonly slice: TimeSlice
  readonly parsed: ParsedPayloads
  /** Returns the next subscription id. */
  nextId(): number
}

export interface LeaseOptions {
  readonly broker: string
  readonly interest: Interest
  readonly link: BrokerLink
  /**
   * Set while the broker unsubscribes an equal interest: subscribing again waits for that, so that
   * neither overtakes the other.
   */
  readonly after: Promise<void> | undefined
  /**
   * The lease is over, and later members need another one. If the broker has ended it, `undone` is
   * undefined; when the relay unsubscribes, `undone` resolves once the broker has confirmed that.
   */
  over(undone: Promise<void> | undefined): void
}

/**
 * How long an interest without members is kept, so that remounts and reloads cost the broker
 * nothing.
 */
const lingerMs = 1000

type State =
  /** The broker has not confirmed the interest yet; `cancel` ends the wait for the link. */
  | { readonly kind: 'subscribing'; readonly cancel: Cancel }
  /** The broker has confirmed the interest. */
  | { readonly kind: 'live' }
  /**
   * The last member has left; a new one restores the state `before`. `stop` cancels the timer, and
   * identifies this period.
   */
  | { readonly kind: 'lingering'; readonly before: State; readonly stop: () => void }
  /** The broker has refused or ended the interest, or it was unsubscribed. */
  | { readonly kind: 'over'; readonly error: WildcastError | undefined }

/**
 * An interest at its broker: subscribed once, shared by all members, unsubscribed when the last has
 * left. It has a feed for each policy and filter.
 */
export class Lease implements Listener {
  readonly broker: string
  readonly #interest: Interest
  readonly #link: BrokerLink
  readonly #ports: LeasePorts
  readonly #over: LeaseOptions['over']
  /**
   * Those without a filter, usually one. Replaced, not mutated: the last member of one may leave
   * during a delivery.
   */
  #feeds: readonly Feed[] = []
  /** Made when a member asks with a filter. */
  #filtered: FilteredFeeds | undefined
  readonly #stored: StoredOfLease
  readonly #subscribed: Promise<() => Promise<void>>
  /** The number of members, including those that wait for the confirmation. */
  #memberCount = 0
  #state: State

  constructor({ broker, interest, link, after, over }: LeaseOptions, ports: LeasePorts) {
    this.broker = broker
    this.#interest = interest
    this.#link = link
    this.#ports = ports
    this.#over = over
    this.#stored = new StoredOfLease({ ...ports, broker, interest, link })
    const cancel = new Cancel()
    this.#state = { kind: 'subscribing', cancel }
    const subscribe = (): Promise<() => Promise<void>> => link.broker.subscribe(interest, this, cancel)
    this.#subscribed = after?.then(subscribe) ?? subscribe()
    this.#subscribed.then(
      () => this.#answered({ kind: 'live' }),
      (cause) => this.#answered({ kind: 'over', error: WildcastError.from(cause) }),
    )
  }

  /** The interest and its members, including joining ones. */
  get info(): SubscriptionInfo {
    const { pattern, group, serve } = this.#interest
    return {
      broker: this.broker,
      subject: pattern,
      ...(group !== undefined && { group }),
      ...(serve && { serve }),
      sessions: this.#memberCount,
    }
  }

  /** @throws {WildcastError} `rate_limited` if the pattern has too many filters */
  join(joiner: LeaseMember): Membership {
    if (joiner.filter) {
      this.#filtered ??= new FilteredFeeds(this.#ports.parsed)
      this.#filtered.expect(joiner.filter)
    }
    this.#memberCount++
    if (this.#state.kind === 'lingering') {
      this.#state.stop()
      this.#state = this.#state.before
    }
    return new Membership(this, joiner)
  }

  /** The feed of a policy and a filter, if it has a member. */
  feed({ policy, filter }: Pick<LeaseMember, 'policy' | 'filter'>): Feed | undefined {
    if (filter) return this.#filtered?.find(filter, policy)
    return this.#feeds.find((feed) => samePolicy(feed.policy, policy))
  }

  deliver(message: BrokerMessage, settle?: Settle): void {
    const before = this.#stored.observe(message)
    for (const feed of this.#feeds) feed.deliver(message, settle)
    this.#filtered?.deliver(message, before)
  }

  /** The broker has ended the interest. */
  ended(error: WildcastError): void {
    const { stop } = this.#state.kind === 'lingering' ? this.#state : {}
    this.#state = { kind: 'over', error }
    this.#over(undefined)
    for (const feed of this.#all()) feed.end(error)
    if (!stop) return // unsubscribed when the last member leaves
    stop()
    this.#release()
  }

  /** The link to the broker is lost. */
  reportOutage(): void {
    for (const feed of this.#all()) feed.reportOutage()
  }

  /** The link to the broker was lost and is up again. */
  reportGap(): void {
    this.#stored.lost()
    for (const feed of this.#all()) feed.reportGap()
  }

  /**
   * For memberships: resolves when the broker has confirmed the interest, and rejects if it
   * refuses.
   */
  async confirmed(): Promise<void> {
    await this.#subscribed
    try {
      await this.#stored.positions?.known()
    } catch (cause) {
      this.#reportUnread(WildcastError.from(cause))
    }
  }

  /**
   * For memberships: calls back when the link is up. While it is lost, a member of a confirmed
   * interest would be reported as subscribed, but receive nothing.
   */
  whenUp(run: (ended: WildcastError | undefined) => void): () => void {
    return this.#link.whenUp(() => run(this.#state.kind === 'over' ? this.#state.error : undefined))
  }

  /** For memberships: enters a feed. */
  enter(joiner: LeaseMember): Feed {
    const feed = this.feed(joiner) ?? this.#open(joiner)
    joiner.joined(feed)
    feed.add(joiner.member)
    return feed
  }

  /** For memberships: removes a member, which was in `feed` if it had entered one. */
  leave({ filter }: LeaseMember, feed: Feed | undefined): void {
    // The last feed stays while the lease lingers, so that a returning client gets the same id.
    if (feed?.isEmpty && this.#feeds.length + (this.#filtered?.size ?? 0) > 1) this.#close(feed)
    if (filter) this.#filtered?.left(filter)
    if (--this.#memberCount > 0) return
    if (this.#state.kind === 'over' || !lingers(this.#interest)) this.#release()
    else {
      const stop: () => void = this.#ports.clock.after(lingerMs, () => this.#releaseInTurn(stop))
      this.#state = { kind: 'lingering', before: this.#state, stop }
    }
  }

  #answered(state: State): void {
    if (this.#state.kind === 'subscribing') this.#state = state
    else if (this.#state.kind === 'lingering' && this.#state.before.kind === 'subscribing')
      this.#state = { ...this.#state, before: state }
  }

  *#all(): Iterable<Feed> {
    yield* this.#feeds
    if (this.#filtered) yield* this.#filtered
  }

  #open({ policy, filter }: LeaseMember): Feed {
    const { clock, observer, room, fanOut, slice } = this.#ports
    const ports = { clock, observer, room, fanOut, slice }
    const stored = this.#stored
    const kept = {
      values: () => stored.values(),
      history: () => stored.history(filter),
      kept: () => stored.kept,
    }
    const of = { broker: this.broker, interest: this.#interest, policy, filter }
    // A feed that stayed while the lease lingered would be tested for nothing.
    for (const other of this.#filtered ?? []) if (other.isEmpty) this.#close(other)
    const feed = new Feed({ id: this.#ports.nextId(), ...of, ...ports, ...kept })
    if (filter) this.#filtered?.add(filter, feed)
    else this.#feeds = [...this.#feeds, feed]
    return feed
  }

  #close(feed: Feed): void {
    feed.close()
    if (feed.filter) this.#filtered?.remove(feed.filter, feed)
    else this.#feeds = this.#feeds.filter((other) => other !== feed)
  }

  /** Members learn no position. Without a link, which reports that itself, they wait for it. */
  #reportUnread(error: WildcastError): void {
    if (error.code === 'broker_down' || error.code === 'interrupted') return
    this.#ports.onError(error, { stage: 'history', broker: this.broker })
  }

  /** Releases in this turn or a later one: thousands of interests may be due at the same time. */
  #releaseInTurn(stop: () => void): void {
    // A client has come back meanwhile, and may have left again.
    if (this.#state.kind !== 'lingering' || this.#state.stop !== stop) return
    const { slice } = this.#ports
    if (slice.admits(0)) this.#release()
    else slice.later(() => this.#releaseInTurn(stop))
  }

  #release(): void {
    const state = this.#state.kind === 'lingering' ? this.#state.before : this.#state
    if (state.kind === 'subscribing')
      state.cancel.abort(new WildcastError('interrupted', 'the client that asked has left'))
    this.#state = { kind: 'over', error: undefined }
    for (const feed of this.#all()) feed.close()
    const undone = this.#subscribed.then(
      (undo) => undo(),
      () => {}, // refused: there is nothing to undo, and the members were notified
    )
    const failed = (cause: unknown): void =>
      this.#ports.onError(WildcastError.from(cause), { stage: 'unsubscribe', broker: this.broker })
    this.#over(undone.catch(failed))
  }
}

/**
 * Groups and responders don't linger: they would take messages that no member receives. Nor do
 * response subjects: no client uses one again.
 */
function lingers({ group, serve, answers, pattern }: Interest): boolean {
  return group === undefined && !serve && !answers && !pattern.startsWith('response.')
}
