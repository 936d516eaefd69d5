import {
  type BrokerMessage,
  isClosed,
  isDerived,
  type Party,
  refusal,
  type Subject,
  WildcastError,
  limits as wire,
} from '@wildcast/protocol'
import type { BrokerRequestOptions } from './broker.js'
import { checkSize, interestOf, ownSubject, publishSubject, refuseClosed, refuseMadeForRequest } from './checks.js'
import type { Ask, PublishCommand, Subscribe } from './commands.js'
import type { FeedMember } from './feed.js'
import { type FeedRequest, feedRequestKey, type Hub } from './hub.js'
import type { KeyedPublishes } from './keyed-publishes.js'
import type { SessionLimits } from './limits.js'
import type { Membership } from './membership.js'
import type { FeedFacts, Outlet } from './outlet.js'
import { PendingSubscriptions } from './pending-subscriptions.js'
import { allowAll, demand, type Permissions } from './permissions.js'
import { policyOf } from './policy.js'
import { RecentSet } from './recent-set.js'
import { type ClientSubscription, subscriptionTo } from './subscription.js'

/** Shared by the sessions of a relay. */
export interface SessionPorts {
  readonly hub: Hub
  readonly permissions: Permissions
  readonly limits: SessionLimits
  readonly keyed: KeyedPublishes
  /** Returns a new name. */
  readonly newName: () => string
  /** The only broker that they may use, if their endpoint is limited to one. */
  readonly only?: string | undefined
}

/** The least number of recent response subjects that a session may answer on. */
const answersRemembered = 1000

/** The default timeout of a request. */
const requestTimeoutMs = 5000

/**
 * One client, in any dialect. It checks subjects, limits, features and permissions once, so that no
 * gateway can omit a check.
 */
export class Session implements FeedMember {
  readonly outlet: Outlet
  readonly #ports: SessionPorts
  /** Subscriptions by their ids. */
  readonly #held: Map<number, Membership> = new Map()
  // The next fields are set only while needed: most sessions answer no requests, and usually
  // nothing is pending.
  #pending: PendingSubscriptions | undefined
  /** Response subjects of requests that the session received. */
  #answers: RecentSet | undefined
  #requests = 0
  #closed = false
  #name: string | undefined
  #party: Party | undefined

  constructor(ports: SessionPorts, outlet: Outlet) {
    this.outlet = outlet
    this.#ports = ports
  }

  /** A public name, which proves nothing. Made when first read. */
  get name(): string {
    this.#name ??= this.#ports.newName()
    return this.#name
  }

  /** The client as others see it. Made when first read. */
  get party(): Party {
    this.#party ??= { session: this.name }
    return this.#party
  }

  expectsAnswer(responseSubject: Subject): void {
    // Without permissions all clients may use these, and strangers could crowd out the others.
    if (this.#ports.permissions === allowAll && isDerived(responseSubject)) return
    this.#answers ??= new RecentSet(answersRemembered)
    this.#answers.add(responseSubject)
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
    const { hub } = this.#ports
    try {
      const broker = this.#brokerOf(want.broker)
      const message = hub.counting(broker, () => this.#checked(want, broker))
      const { key } = want
      if (key === undefined) return this.#send(broker, message)
      return this.#ports.keyed.publish(key, { ...message, broker }, () => this.#send(broker, message))
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
    const request = this.#feedRequest(want)
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
    return this.#join(key, request, confirmed)
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
    held.end()
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
      const broker = this.#brokerOf(want.broker)
      const message = this.#requestMessage(want, broker)
      const timeoutMs = Math.min(want.timeoutMs ?? requestTimeoutMs, wire.requestTimeoutMs)
      return this.#counting(this.#sendRequest(broker, message, { ...options, timeoutMs }))
    } catch (cause) {
      return Promise.reject(cause)
    }
  }

  /** Ends all subscriptions. */
  close(): void {
    this.#closed = true
    this.#pending?.end()
    for (const membership of this.#held.values()) membership.end()
    this.#held.clear()
  }

  /** With no subscription pending, publishes in this turn. */
  #send(broker: string, message: BrokerMessage): Promise<void> | undefined {
    const { hub } = this.#ports
    const ready = this.#afterSubscriptions(broker)
    const publish = (): Promise<void> | undefined => hub.publish(broker, message)
    return ready === undefined ? publish() : ready.then(publish)
  }

  /** Returns the message, if the client may send it and the broker supports it. */
  #requestMessage(want: Ask, broker: string): BrokerMessage {
    const { hub, limits, permissions } = this.#ports
    const subject = ownSubject(want.subject)
    const { payload, headers } = want
    const message: BrokerMessage = { id: hub.nextMessageId(), from: this.party, subject, payload, headers }
    checkSize(message, limits.payload)
    if (want.headers) hub.demand(broker, 'headers')
    demand(permissions, { kind: 'request', subject, broker })
    if (this.#requests >= limits.requests)
      throw refusal('rate_limited', `${limits.requests} requests are in flight; wait for an answer`)
    return message
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

  #brokerOf(asked: string | undefined): string {
    const { hub, only } = this.#ports
    if (only !== undefined && asked !== undefined && asked !== only)
      throw new WildcastError('unknown_broker', `there is no broker of that name; there are: ${only}`)
    return hub.nameOf(asked ?? only)
  }

  /** Returns the feed, if the client may join it and the broker supports it. */
  #feedRequest(want: Subscribe): FeedRequest {
    const { hub, permissions } = this.#ports
    const broker = this.#brokerOf(want.broker)
    const interest = interestOf(want)
    if (interest.group !== undefined) hub.demand(broker, 'queue')
    if (interest.serve) hub.demand(broker, 'serve')
    demand(permissions, { kind: interest.serve ? 'serve' : 'subscribe', subject: interest.pattern, broker })
    return { broker, interest, policy: policyOf(want.policy) }
  }

  async #join(key: string, request: FeedRequest, confirmed: (subscription: ClientSubscription) => void): Promise<void> {
    const { hub, limits } = this.#ports
    this.#pending ??= new PendingSubscriptions(() => {
      this.#pending = undefined
    })
    const pending = this.#pending
    if (this.#held.size + pending.size >= limits.subscriptions)
      throw new WildcastError('too_many_subscriptions', `a session has ${limits.subscriptions} at most; use wildcards`)
    const membership = hub.join(request, {
      member: this,
      joined: (feed) => {
        this.#held.set(feed.id, membership)
        confirmed(subscriptionTo(feed))
      },
    })
    pending.add(key, { broker: request.broker, membership })
    try {
      await membership.done
    } finally {
      pending.delete(key)
    }
  }

  /** Returns the message, if the client may publish it and the broker supports it. */
  #checked(want: PublishCommand, broker: string): BrokerMessage {
    const { hub, limits, permissions } = this.#ports
    const message = this.#messageOf(want)
    checkSize(message, limits.payload)
    if (want.wildcard) hub.demand(broker, 'wildcard')
    if (want.headers) hub.demand(broker, 'headers')
    if (message.responseSubject !== undefined) hub.demand(broker, 'response_subject')
    // A responder may answer: a subject that only a relay can have made needs no other permission.
    if (!this.#isAnswer(want.subject) || !(isClosed(message.subject) || isDerived(message.subject)))
      demand(permissions, { kind: 'publish', subject: message.subject, broker })
    return message
  }

  #isAnswer(subject: string): boolean {
    return this.#answers?.has(subject) ?? false
  }

  #messageOf(want: PublishCommand): BrokerMessage {
    const answers = this.#isAnswer(want.subject)
    const subject = answers ? (want.subject as Subject) : publishSubject(want)
    const responseSubject = want.responseSubject === undefined ? undefined : ownSubject(want.responseSubject)
    if (!answers) refuseClosed(subject)
    if (this.#ports.permissions !== allowAll && !want.madeForRequest) {
      if (!answers) refuseMadeForRequest(subject)
      if (responseSubject !== undefined) refuseMadeForRequest(responseSubject)
    }
    const { payload, headers, more, error } = want
    const id = this.#ports.hub.nextMessageId()
    return { id, from: this.party, subject, payload, responseSubject, headers, more, error }
  }

  /**
   * Publishes wait for earlier subscriptions, which must receive them. Undefined if none is
   * pending, or if the broker is down and reports the outcome itself.
   */
  #afterSubscriptions(broker: string): Promise<void> | undefined {
    return this.#pending?.before(broker, (settled) => this.#ports.hub.untilDown(broker, settled))
  }
}
