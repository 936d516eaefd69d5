import { parseSubject, WildcastError } from '@wildcast/protocol'
import type { Clock } from './clock.js'
import type { Subscribe } from './commands.js'
import type { Feed } from './feed.js'
import type { FeedMember } from './feed-member.js'
import { type FeedRequest, feedRequestKey } from './feed-request.js'
import type { HistoryWant } from './history/catch-up.js'
import type { HistoryReader } from './history/history-reader.js'
import { SessionHistories } from './history/session-histories.js'
import type { Hub } from './hub.js'
import type { Membership } from './membership.js'
import type { FeedFacts } from './outlet.js'
import { PendingSubscriptions } from './pending-subscriptions.js'
import type { SessionActions } from './session-actions.js'
import { SessionSnapshots } from './session-snapshots.js'
import type { StoredValue } from './store.js'
import { type ClientSubscription, subscriptionTo } from './subscription.js'
import { SessionReplays } from './values/session-replays.js'

export interface SessionSubscriptionsPorts {
  readonly hub: Hub
  /** The checks of what the client wants to do. */
  readonly actions: SessionActions
  readonly clock: Clock
  /** The session. */
  readonly member: FeedMember
  /** @throws {WildcastError} if the session was revoked */
  readonly demandPresent: () => void
  /** Handles the failure of a decision. */
  readonly failed: (cause: unknown) => void
}

/** Runs when the broker has confirmed a subscription. */
export type Confirmed = (subscription: ClientSubscription) => void

/** A subscription that a client has asked for, and its answer. */
interface Asked {
  readonly want: Subscribe
  readonly confirmed: Confirmed
}

/** A subscription that a session has. */
interface Held {
  readonly membership: Membership
  readonly request: FeedRequest
}

/** The subscriptions of one session. */
export class SessionSubscriptions {
  readonly snapshots: SessionSnapshots
  readonly #ports: SessionSubscriptionsPorts
  /** By id. */
  readonly #held: Map<number, Held> = new Map()
  // The next fields are set only while needed: usually nothing is pending.
  #pending: PendingSubscriptions | undefined
  /** Subscriptions whose permission is being decided. */
  #deciding: Set<Promise<void>> | undefined
  /** Those that receive values, too. */
  #replays: SessionReplays | undefined
  #histories: SessionHistories | undefined
  #closed = false

  constructor(ports: SessionSubscriptionsPorts) {
    this.#ports = ports
    const whileDeciding = (decided: Promise<void>): Promise<void> => this.#whileDeciding(decided)
    this.snapshots = new SessionSnapshots({ ...ports, outlet: ports.member.outlet, whileDeciding })
  }

  /** The number of confirmed subscriptions. */
  get size(): number {
    return this.#held.size
  }

  /**
   * Resolves when the broker has confirmed the subscription. `confirmed` runs before that and
   * before the first message. An equal subscription of this session is the same one.
   * @throws {WildcastError} `invalid_subject`, `unknown_broker`, `unsupported`, `forbidden`,
   * `too_many_subscriptions`, `already_served`, `broker_down`, `rate_limited`, `too_large`
   */
  async subscribe(want: Subscribe, confirmed: Confirmed): Promise<void> {
    const { actions, demandPresent } = this.#ports
    demandPresent()
    const { identity } = actions
    if (this.#deciding) actions.checkSubscriptions(this.#deciding.size, want)
    const { result: request, decided } = actions.subscribe(want)
    if (decided !== undefined) await this.#whileDeciding(decided.then(demandPresent))
    if (this.#closed) throw new WildcastError('interrupted', 'the session has ended')
    const feed = this.#ports.hub.feed(request)
    if (feed && this.#held.has(feed.id)) {
      if (want.retained !== undefined || want.history) actions.checkSubscriptions(this.#count, want)
      if (want.history) {
        const isConfirmed = await this.#ownHistories().again(feed, readerOf(want.history, feed, confirmed))
        if (!isConfirmed) return this.subscribe(want, confirmed)
      } else confirmed(subscriptionTo(feed))
      if (want.retained !== undefined) this.#sendValues(feed, want.retained)
      return feed.notify(this.#ports.member)
    }
    const key = feedRequestKey(request)
    const present = this.#pending?.done(key)
    if (present !== undefined) {
      await present
      // It may have ended meanwhile: then this call subscribes again.
      return this.subscribe(want, confirmed)
    }
    return this.#join(key, request, { want, confirmed }, (entered) => {
      // The client has shown other credentials meanwhile.
      if (actions.identity !== identity) this.#checkAgain(entered.id, request).catch(this.#ports.failed)
    })
  }

  /**
   * Ends a subscription: no more messages follow. In a group, its messages after the first
   * `handled` go to others.
   * @throws {WildcastError} `invalid_frame` if the session has no such subscription
   */
  unsubscribe(id: number, handled?: number): void {
    const held = this.#held.get(id)
    if (!held) throw new WildcastError('invalid_frame', `this session has no subscription ${id}`)
    this.#held.delete(id)
    this.#replays?.end(id)
    this.#histories?.end(id)
    held.membership.end()
    // Its id may be used again before all frames for a slow client are written.
    this.#ports.member.outlet.forget?.(id, handled)
  }

  /** The client has shown other credentials: ends the subscriptions that it may no longer have. */
  async checkAgain(): Promise<void> {
    await Promise.all([
      ...[...this.#held].map(([id, { request }]) => this.#checkAgain(id, request)),
      this.snapshots.checkAgain(),
    ])
  }

  /**
   * Reads the value of a subject; undefined without a value.
   * @throws {WildcastError} as `subscribe`
   */
  async read(want: Pick<Subscribe, 'subject' | 'broker'>): Promise<StoredValue | undefined> {
    const { actions, demandPresent, hub } = this.#ports
    demandPresent()
    const subject = parseSubject(want.subject)
    const { result, decided } = actions.subscribe({ ...want, retained: 0 })
    if (decided !== undefined) await this.#whileDeciding(decided.then(demandPresent))
    const value = await hub.values(result.broker).read(subject)
    return value && actions.admits(value) ? value : undefined
  }

  /** Messages of a subscription were lost. */
  missed(id: number): void {
    this.#replays?.restart(id)
    const held = this.#held.get(id)
    if (held) this.#ports.hub.feed(held.request)?.notify(this.#ports.member)
  }

  /** The broker, or a withdrawn permission, has ended a subscription. */
  ended(feed: FeedFacts, error: WildcastError): void {
    if (!this.#held.has(feed.id)) return
    this.unsubscribe(feed.id)
    this.#ports.member.outlet.ended(feed, error)
  }

  /** Ends all. */
  close(): void {
    this.#closed = true
    this.#replays?.close()
    this.#histories?.close()
    this.snapshots.close()
    this.#pending?.end()
    for (const { membership } of this.#held.values()) membership.end()
    this.#held.clear()
  }

  /**
   * Publishes wait for earlier subscriptions, which must receive them. Undefined if none is
   * pending, or if the broker is down and reports the outcome itself.
   */
  before(broker: string): Promise<void> | undefined {
    if (this.#deciding && this.#deciding.size > 0)
      return Promise.allSettled(this.#deciding).then(() => this.before(broker))
    return this.#pending?.before(broker, (settled) => this.#ports.hub.untilDown(broker, settled))
  }

  /** The number of subscriptions, and of further requests for what is stored of one. */
  get #count(): number {
    return this.#held.size + (this.#replays?.further ?? 0) + (this.#histories?.reading ?? 0)
  }

  #ownHistories(): SessionHistories {
    const { member } = this.#ports
    this.#histories ??= new SessionHistories({ member, failed: (of, error) => this.ended(of, error) })
    return this.#histories
  }

  /** The number of subscriptions with a filter. */
  get #filtered(): number {
    return [...this.#held.values()].filter(({ request }) => request.filter).length
  }

  #sendValues(feed: Feed, ref: number): void {
    const { outlet } = this.#ports.member
    this.#replays ??= new SessionReplays({ outlet, failed: (of, error) => this.ended(of, error) })
    feed.addValueReader(this.#ports.member)
    this.#replays.begin(feed, ref)
  }

  /** Ends a subscription that the present identity may not have. */
  async #checkAgain(id: number, request: FeedRequest): Promise<void> {
    const { actions } = this.#ports
    const { identity } = actions
    const refused = await actions.withdrawn(request)
    if (refused && actions.identity === identity)
      this.ended({ id, broker: request.broker, latest: request.policy.latest }, refused)
  }

  async #whileDeciding(decided: Promise<void>): Promise<void> {
    this.#deciding ??= new Set()
    this.#deciding.add(decided)
    try {
      await decided
    } finally {
      this.#deciding.delete(decided)
    }
  }

  /** Enters a feed, or first reads the history of its pattern. */
  async #join(key: string, request: FeedRequest, asked: Asked, entered: (feed: Feed) => void): Promise<void> {
    const { hub, actions, member } = this.#ports
    const { want, confirmed } = asked
    const reading = want.history && this.#ownHistories().joining()
    this.#pending ??= new PendingSubscriptions(() => {
      this.#pending = undefined
    })
    const pending = this.#pending
    actions.checkSubscriptions(this.#count + pending.size, request.interest)
    const filtered = request.filter !== undefined
    if (filtered) actions.checkFilters(this.#filtered + pending.filtered)
    let answered: Promise<boolean> | undefined
    const membership = hub.join(request, {
      member: reading?.member ?? member,
      joined: (feed) => {
        this.#held.set(feed.id, { membership, request })
        if (want.history) {
          answered = reading?.begin(feed, readerOf(want.history, feed, confirmed), () => membership.replace(member))
          answered?.catch(() => this.#held.get(feed.id)?.membership === membership && this.unsubscribe(feed.id))
        } else confirmed(subscriptionTo(feed))
        if (want.retained !== undefined) this.#sendValues(feed, want.retained)
        entered(feed)
      },
    })
    pending.add(key, { broker: request.broker, filtered, membership })
    try {
      await membership.done
    } finally {
      pending.delete(key)
    }
    // The client has unsubscribed from an equal subscription meanwhile, whose id this one has.
    if ((await answered) === false) return this.subscribe(want, confirmed)
  }
}

function readerOf(want: HistoryWant, feed: Feed, confirmed: Confirmed): HistoryReader {
  return { want, confirmed: (start) => confirmed({ ...subscriptionTo(feed), ...start }) }
}
