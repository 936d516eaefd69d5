import { type Pattern, parseSubject, WildcastError } from '@wildcast/protocol'
import { Cancel } from './cancel.js'
import type { Clock } from './clock.js'
import type { SnapshotCommand, Subscribe } from './commands.js'
import type { Feed, FeedMember } from './feed.js'
import { type FeedRequest, feedRequestKey } from './feed-request.js'
import type { Hub } from './hub.js'
import type { Membership } from './membership.js'
import type { FeedFacts } from './outlet.js'
import { PendingSubscriptions } from './pending-subscriptions.js'
import type { SessionActions } from './session-actions.js'
import type { StoredValue } from './store.js'
import { type ClientSubscription, subscriptionTo } from './subscription.js'
import { SessionReplays } from './values/session-replays.js'
import { Snapshots, type SnapshotTarget } from './values/snapshots.js'

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

/** A subscription that a session has. */
interface Held {
  readonly membership: Membership
  readonly request: FeedRequest
}

/** A snapshot that is being sent. */
interface Sending {
  readonly request: FeedRequest
  readonly cancel: Cancel
}

/** The subscriptions of one session. */
export class SessionSubscriptions {
  readonly #ports: SessionSubscriptionsPorts
  /** By id. */
  readonly #held: Map<number, Held> = new Map()
  // The next fields are set only while needed: usually nothing is pending.
  #pending: PendingSubscriptions | undefined
  /** Subscriptions whose permission is being decided. */
  #deciding: Set<Promise<void>> | undefined
  /** Those that receive values, too. */
  #replays: SessionReplays | undefined
  #snapshots: Snapshots | undefined
  #sending: Set<Sending> | undefined
  #closed = false

  constructor(ports: SessionSubscriptionsPorts) {
    this.#ports = ports
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
  async subscribe(want: Subscribe, confirmed: (subscription: ClientSubscription) => void): Promise<void> {
    const { actions, demandPresent } = this.#ports
    demandPresent()
    const { identity } = actions
    if (this.#deciding) actions.checkSubscriptions(this.#deciding.size, want)
    const { result: request, decided } = actions.subscribe(want)
    if (decided !== undefined) await this.#whileDeciding(decided.then(demandPresent))
    if (this.#closed) throw new WildcastError('interrupted', 'the session has ended')
    const feed = this.#ports.hub.feed(request)
    const joined = (to: Feed): void => {
      confirmed(subscriptionTo(to))
      if (want.retained !== undefined) this.#sendValues(to, want.retained)
    }
    if (feed && this.#held.has(feed.id)) {
      if (want.retained !== undefined) actions.checkSubscriptions(this.#count, want)
      return joined(feed)
    }
    const key = feedRequestKey(request)
    const present = this.#pending?.done(key)
    if (present !== undefined) {
      await present
      // It may have ended meanwhile: then this call subscribes again.
      return this.subscribe(want, confirmed)
    }
    return this.#join(key, request, (entered) => {
      joined(entered)
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
    held.membership.end()
    // Its id may be used again before all frames for a slow client are written.
    this.#ports.member.outlet.forget?.(id, handled)
  }

  /** The client has shown other credentials: ends the subscriptions that it may no longer have. */
  async checkAgain(): Promise<void> {
    await Promise.all([
      ...[...this.#held].map(([id, { request }]) => this.#checkAgain(id, request)),
      ...[...(this.#sending ?? [])].map((one) => this.#checkSnapshot(one)),
    ])
  }

  /**
   * Sends the values of a pattern, and no message of it. `confirmed` runs before the first value.
   * @throws {WildcastError} as `subscribe`
   */
  async snapshot(want: SnapshotCommand, confirmed: (pattern: Pattern) => void): Promise<void> {
    const { actions, clock, demandPresent, hub, member } = this.#ports
    demandPresent()
    const { result, decided } = actions.subscribe({ ...want, retained: want.ref })
    if (decided !== undefined) await this.#whileDeciding(decided.then(demandPresent))
    this.#snapshots ??= new Snapshots(member.outlet, clock)
    const { broker, interest, filter } = result
    const source = { store: hub.values(broker), pattern: interest.pattern, filter }
    const sending: Sending = { request: result, cancel: new Cancel() }
    this.#sending ??= new Set()
    this.#sending.add(sending)
    const target: SnapshotTarget = { ref: want.ref, feed: { broker }, confirmed: () => confirmed(interest.pattern) }
    await this.#snapshots.send(source, target, sending.cancel).finally(() => this.#sending?.delete(sending))
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
    return hub.values(result.broker).read(subject)
  }

  /** Messages of a subscription were lost. */
  missed(id: number): void {
    this.#replays?.restart(id)
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
    for (const { cancel } of this.#sending ?? [])
      cancel.abort(new WildcastError('interrupted', 'the session has ended'))
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

  /** The number of subscriptions, and of further requests for the values of one. */
  get #count(): number {
    return this.#held.size + (this.#replays?.further ?? 0)
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

  /** Ends a snapshot that the present identity may not read. */
  async #checkSnapshot({ request, cancel }: Sending): Promise<void> {
    const { actions } = this.#ports
    const { identity } = actions
    const refused = await actions.withdrawn(request)
    if (refused && actions.identity === identity) cancel.abort(refused)
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

  async #join(key: string, request: FeedRequest, joined: (feed: Feed) => void): Promise<void> {
    const { hub, actions, member } = this.#ports
    this.#pending ??= new PendingSubscriptions(() => {
      this.#pending = undefined
    })
    const pending = this.#pending
    actions.checkSubscriptions(this.#count + pending.size, request.interest)
    const filtered = request.filter !== undefined
    if (filtered) actions.checkFilters(this.#filtered + pending.filtered)
    const membership = hub.join(request, {
      member,
      joined: (feed) => {
        this.#held.set(feed.id, { membership, request })
        joined(feed)
      },
    })
    pending.add(key, { broker: request.broker, filtered, membership })
    try {
      await membership.done
    } finally {
      pending.delete(key)
    }
  }
}
