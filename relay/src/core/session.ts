import { type BrokerMessage, type Party, type Subject, WildcastError, limits as wire } from '@wildcast/protocol'
import type { Identity } from './access/identity.js'
import type { BrokerRequestOptions } from './broker.js'
import type { Ask, PublishCommand, Subscribe } from './commands.js'
import { expired, hasExpired, whenExpired } from './expiry.js'
import type { FeedMember } from './feed.js'
import { type FeedRequest, feedRequestKey } from './hub.js'
import type { KeyedPublishes } from './keyed-publishes.js'
import type { Membership } from './membership.js'
import type { FeedFacts, Outlet } from './outlet.js'
import { PendingSubscriptions } from './pending-subscriptions.js'
import { SessionActions, type SessionActionsPorts } from './session-actions.js'
import { type ClientSubscription, subscriptionTo } from './subscription.js'

/** Shared by the sessions of a relay. */
export interface SessionPorts extends SessionActionsPorts {
  readonly keyed: KeyedPublishes
  /** Called when a session is closed. */
  readonly closed: (session: Session) => void
}

/** The default timeout of a request. */
const requestTimeoutMs = 5000

/** A subscription that a session has. */
interface Held {
  readonly membership: Membership
  readonly request: FeedRequest
}

/** One client, in any dialect: its identity, its subscriptions and its requests in flight. */
export class Session implements FeedMember {
  readonly outlet: Outlet
  /** The checks of what the client wants to do. */
  readonly actions: SessionActions
  readonly #ports: SessionPorts
  /** Subscriptions by their ids. */
  readonly #held: Map<number, Held> = new Map()
  // The next fields are set only while needed: usually nothing is pending.
  #pending: PendingSubscriptions | undefined
  /** Subscriptions whose permission is being decided. */
  #deciding: Set<Promise<void>> | undefined
  #stopExpiry: (() => void) | undefined
  #requests = 0
  #closed = false
  /** Why the client may do nothing more. */
  #revoked: WildcastError | undefined

  constructor(ports: SessionPorts, outlet: Outlet, identity: Identity, rateKey?: string) {
    this.outlet = outlet
    this.#ports = ports
    this.actions = new SessionActions(ports, identity, rateKey)
    this.#expireWith(identity)
  }

  get identity(): Identity {
    return this.actions.identity
  }

  /** A public name, which proves nothing. Made when first read. */
  get name(): string {
    return this.actions.party.session
  }

  /** The client as others see it. Made when first read. */
  get party(): Party {
    return this.actions.party
  }

  /** The numbers of its subscriptions and of its requests in flight. */
  get load(): { readonly subscriptions: number; readonly requests: number } {
    return { subscriptions: this.#held.size, requests: this.#requests }
  }

  expectsAnswer(responseSubject: Subject): void {
    this.actions.expectsAnswer(responseSubject)
  }

  /**
   * The client has shown other credentials of the same user. Subscriptions that it may no longer
   * have are ended.
   */
  async renew(identity: Identity): Promise<void> {
    if (this.#closed) return
    this.actions.identity = identity
    this.#expireWith(identity)
    await Promise.all([...this.#held].map(([id, { request }]) => this.#checkAgain(id, request)))
  }

  ended(feed: FeedFacts, error: WildcastError): void {
    if (!this.#held.has(feed.id)) return
    this.unsubscribe(feed.id)
    this.outlet.ended(feed, error)
  }

  /**
   * Resolves when the broker has the message; undefined if it has it already.
   * @throws {WildcastError} by rejection: `invalid_subject`, `unknown_broker`, `unsupported`,
   * `forbidden`, `too_large`, `broker_down`
   */
  publish(want: PublishCommand): Promise<void> | undefined {
    try {
      this.#demandPresent()
      const { broker, result: message, decided } = this.actions.publish(want)
      const send = (): Promise<void> | undefined => this.#publish(want, broker, message)
      return decided === undefined ? send() : this.#whenAllowed(decided).then(send)
    } catch (cause) {
      return Promise.reject(cause)
    }
  }

  /**
   * Resolves when the broker has confirmed the subscription. `confirmed` runs before that and
   * before the first message. An equal subscription of this session is the same one.
   * @throws {WildcastError} `invalid_subject`, `unknown_broker`, `unsupported`, `forbidden`,
   * `too_many_subscriptions`, `already_served`, `broker_down`
   */
  async subscribe(want: Subscribe, confirmed: (subscription: ClientSubscription) => void): Promise<void> {
    this.#demandPresent()
    const { identity } = this
    if (this.#deciding) this.actions.checkSubscriptions(this.#deciding.size, want)
    const { result: request, decided } = this.actions.subscribe(want)
    if (decided !== undefined) await this.#whileDeciding(this.#whenAllowed(decided))
    if (this.#closed) throw new WildcastError('interrupted', 'the session has ended')
    const feed = this.#ports.hub.feed(request)
    if (feed && this.#held.has(feed.id)) return confirmed(subscriptionTo(feed))
    const key = feedRequestKey(request)
    const present = this.#pending?.done(key)
    if (present !== undefined) {
      await present
      // It may have ended meanwhile: then this call subscribes again.
      return this.subscribe(want, confirmed)
    }
    return this.#join(key, request, (id, subscription) => {
      confirmed(subscription)
      // The client has shown other credentials meanwhile.
      if (this.identity !== identity) this.#checkAgain(id, request).catch(this.#ports.access.failed)
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
    held.membership.end()
    // Its id may be used again before all frames for a slow client are written.
    this.outlet.forget?.(id, handled)
  }

  /**
   * Sends a request. Resolves with the final answer, which may be a refusal (`error`).
   * @throws {WildcastError} by rejection: as `publish`, and `no_responders`, `timeout`,
   * `rate_limited`
   */
  request(want: Ask, options: Omit<BrokerRequestOptions, 'timeoutMs'>): Promise<BrokerMessage> {
    try {
      this.#demandPresent()
      const { broker, result: message, decided } = this.actions.request(want)
      this.actions.checkRequests(this.#requests)
      const timeoutMs = Math.min(want.timeoutMs ?? requestTimeoutMs, wire.requestTimeoutMs)
      const send = (): Promise<BrokerMessage> => this.#sendRequest(broker, message, { ...options, timeoutMs })
      return this.#counting(decided === undefined ? send() : this.#whenAllowed(decided).then(send))
    } catch (cause) {
      return Promise.reject(cause)
    }
  }

  /** The client may no longer be here: nothing more is delivered to it. */
  revoke(error: WildcastError): void {
    this.#revoked = error
    this.close()
    this.outlet.revoked?.(error)
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#closed = true
    this.#stopExpiry?.()
    this.#ports.closed(this)
    this.#pending?.end()
    for (const { membership } of this.#held.values()) membership.end()
    this.#held.clear()
  }

  #expireWith({ expiresAt }: Identity): void {
    const { clock } = this.#ports.access
    this.#stopExpiry?.()
    if (hasExpired(clock, expiresAt)) this.#revoked = expired() // its timer may run after the first action
    this.#stopExpiry = whenExpired(clock, expiresAt, () => this.revoke(expired()))
  }

  /** @throws {WildcastError} `token_expired` or `unauthorized` if the session was revoked */
  #demandPresent(): void {
    if (this.#revoked) throw this.#revoked
  }

  /** Resolves if an action is allowed, and the session was not revoked meanwhile. */
  #whenAllowed(decided: Promise<void>): Promise<void> {
    return decided.then(() => this.#demandPresent())
  }

  /** Ends a subscription that the present identity may not have. */
  async #checkAgain(id: number, request: FeedRequest): Promise<void> {
    const { identity } = this
    const refused = await this.actions.withdrawn(request)
    if (refused && this.identity === identity)
      this.ended({ id, broker: request.broker, latest: request.policy.latest }, refused)
  }

  #publish(want: PublishCommand, broker: string, message: BrokerMessage): Promise<void> | undefined {
    const { key } = want
    if (key === undefined) return this.#send(broker, message)
    const own = JSON.stringify([this.identity.user, key]) // no client can write the key of another user
    return this.#ports.keyed.publish(own, { ...message, broker }, () => this.#send(broker, message))
  }

  /** With no subscription pending, publishes in this turn. */
  #send(broker: string, message: BrokerMessage): Promise<void> | undefined {
    const { hub } = this.#ports
    const ready = this.#afterSubscriptions(broker)
    const publish = (): Promise<void> | undefined => hub.publish(broker, message)
    return ready === undefined ? publish() : ready.then(publish)
  }

  /** No `await` here or in `request`: it would keep the payload alive until the answer comes. */
  #sendRequest(broker: string, message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const { hub } = this.#ports
    const ready = this.#afterSubscriptions(broker)
    if (!ready) return hub.request(broker, message, options)
    return ready.then(() => {
      options.signal?.throwIfAborted()
      return hub.request(broker, message, options)
    })
  }

  /** Counts a request as in flight until it is answered. */
  #counting(answer: Promise<BrokerMessage>): Promise<BrokerMessage> {
    this.#requests++
    const over = (): void => {
      this.#requests--
    }
    answer.then(over, over)
    return answer
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

  async #join(
    key: string,
    request: FeedRequest,
    joined: (id: number, subscription: ClientSubscription) => void,
  ): Promise<void> {
    const { hub } = this.#ports
    this.#pending ??= new PendingSubscriptions(() => {
      this.#pending = undefined
    })
    const pending = this.#pending
    this.actions.checkSubscriptions(this.#held.size + pending.size, request.interest)
    const membership = hub.join(request, {
      member: this,
      joined: (feed) => {
        this.#held.set(feed.id, { membership, request })
        joined(feed.id, subscriptionTo(feed))
      },
    })
    pending.add(key, { broker: request.broker, membership })
    try {
      await membership.done
    } finally {
      pending.delete(key)
    }
  }

  /**
   * Publishes wait for earlier subscriptions, which must receive them. Undefined if none is
   * pending, or if the broker is down and reports the outcome itself.
   */
  #afterSubscriptions(broker: string): Promise<void> | undefined {
    if (this.#deciding && this.#deciding.size > 0)
      return Promise.allSettled(this.#deciding).then(() => this.#afterSubscriptions(broker))
    return this.#pending?.before(broker, (settled) => this.#ports.hub.untilDown(broker, settled))
  }
}
