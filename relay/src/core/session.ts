import { type BrokerInfo, type BrokerMessage, type Party, type WildcastError, limits as wire } from '@wildcast/protocol'
import type { Identity } from './access/identity.js'
import type { BrokerRequestOptions } from './broker.js'
import type { Ask, PresenceCommand, PublishCommand, RetainedPublish, SnapshotCommand, Subscribe } from './commands.js'
import { expired, hasExpired, whenExpired } from './expiry.js'
import type { FeedMember } from './feed-member.js'
import { SessionHistory } from './history/session-history.js'
import type { SubjectHistories } from './history/subject-histories.js'
import type { KeyedPublishes } from './keyed-publishes.js'
import type { FeedFacts, Outlet } from './outlet.js'
import type { PublishKey } from './publish-key.js'
import { SessionActions } from './session-actions.js'
import type { SessionActionsPorts } from './session-actions-ports.js'
import { SessionRequests } from './session-requests.js'
import type { SnapshotConfirmed } from './session-snapshots.js'
import { type Confirmed, SessionSubscriptions } from './session-subscriptions.js'
import type { Soon, StoredValue } from './store.js'
import type { RelayValues } from './values/relay-values.js'
import { type RetainOptions, SessionValues } from './values/session-values.js'
import type { SessionEnding } from './values/session-wills.js'
import { SessionWillMessages, type WillMessageCommand } from './will-messages/session-will-messages.js'
import type { WillMessages } from './will-messages/will-messages.js'

/** Shared by the sessions of a relay. */
export interface SessionPorts extends SessionActionsPorts {
  readonly keyed: KeyedPublishes
  readonly values: RelayValues
  readonly histories: SubjectHistories
  readonly willMessages: WillMessages
  /** Called when a session is closed. */
  readonly closed: (session: Session) => void
}

/** The default timeout of a request. */
const requestTimeoutMs = 5000

/** One client, in any dialect: its identity, its subscriptions and its requests in flight. */
export class Session implements FeedMember {
  readonly outlet: Outlet
  /** The checks of what the client wants to do. */
  readonly actions: SessionActions
  readonly #ports: SessionPorts
  readonly #subscriptions: SessionSubscriptions
  /** Made when first needed: most sessions write no values. */
  #values: SessionValues | undefined
  #isGoingAway = false
  #stopExpiry: (() => void) | undefined
  #requests: SessionRequests | undefined
  #willMessages: SessionWillMessages | undefined
  #closed = false
  /** Why the client may do nothing more. */
  #revoked: WildcastError | undefined

  constructor(ports: SessionPorts, outlet: Outlet, identity: Identity, rateKey?: string) {
    this.outlet = outlet
    this.#ports = ports
    this.actions = new SessionActions(ports, identity, rateKey)
    this.#subscriptions = new SessionSubscriptions({
      hub: ports.hub,
      actions: this.actions,
      clock: ports.access.clock,
      member: this,
      demandPresent: () => this.#demandPresent(),
      failed: ports.access.failed,
    })
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

  /** The brokers that its client sees. */
  get brokers(): readonly BrokerInfo[] {
    return this.#ports.hub.brokers(this.#ports.only)
  }

  /** The numbers of its subscriptions and of its requests in flight. */
  get load(): { readonly subscriptions: number; readonly requests: number } {
    return { subscriptions: this.#subscriptions.size, requests: this.#requests?.inFlight ?? 0 }
  }

  /** The histories of single subjects. */
  get history(): SessionHistory {
    const own = { actions: this.actions, demandPresent: () => this.#demandPresent() }
    return new SessionHistory({ ...this.#ports, clock: this.#ports.access.clock, ...own })
  }

  expectsAnswer(...request: Parameters<FeedMember['expectsAnswer']>): void {
    this.actions.expectsAnswer(...request)
  }

  /**
   * The client has shown other credentials of the same user. Subscriptions that it may no longer
   * have are ended.
   */
  async renew(identity: Identity): Promise<void> {
    if (this.#closed) return
    this.actions.identity = identity
    this.#expireWith(identity)
    await Promise.all([this.#subscriptions.checkAgain(), this.#values?.checkAgain()])
  }

  ended(feed: FeedFacts, error: WildcastError): void {
    this.#subscriptions.ended(feed, error)
  }

  /**
   * Resolves when the broker has the message, with its position if it is kept; not a promise if the
   * broker has it already.
   * @throws {WildcastError} by rejection: `invalid_subject`, `unknown_broker`, `unsupported`,
   * `forbidden`, `too_large`, `broker_down`
   */
  publish(want: PublishCommand): Soon<string | undefined> {
    try {
      this.#demandPresent()
      const { broker, result: message, decided } = this.actions.publish(want)
      const send = (): Soon<string | undefined> => this.#publish(want, broker, message)
      return decided === undefined ? send() : this.#whenAllowed(decided).then(send)
    } catch (cause) {
      return Promise.reject(cause)
    }
  }

  /**
   * Publishes a message that becomes the value of its subject. Resolves with its revision;
   * undefined if there was no value to delete.
   * @throws {WildcastError} by rejection: as `publish`, and `condition_failed`, `storage_full`,
   * `timeout`, `rate_limited`
   */
  async retain(want: RetainedPublish, options: RetainOptions = {}): Promise<string | undefined> {
    return this.#ownValues().retain(want, options)
  }

  /**
   * Enters the presence of a subject as a member, or changes what others see of it. Resolves with
   * the revision.
   * @throws {WildcastError} by rejection: as `retain`
   */
  async enter(want: PresenceCommand, options: RetainOptions = {}): Promise<string | undefined> {
    return this.#ownValues().enter(want, options)
  }

  /** Leaves the presence of a subject. @throws {WildcastError} by rejection: as `retain` */
  async leave(want: Omit<PresenceCommand, 'payload'>): Promise<string | undefined> {
    return this.#ownValues().leave(want)
  }

  /** See `SessionWillMessages.set`. */
  async willMessage(want: WillMessageCommand): Promise<() => void> {
    this.#demandPresent()
    this.#willMessages ??= new SessionWillMessages({ ...this.#ports, actions: this.actions })
    return this.#willMessages.set(want)
  }

  /** A frame of the client has arrived. */
  frameArrived(): void {
    this.#values?.frameArrived()
  }

  /** The client has a connection now, or none. */
  moveTo(place: 'here' | 'away'): void {
    this.#values?.moveTo(place)
    this.#willMessages?.moveTo(place)
  }

  /** The relay stops soon. */
  goAway(): void {
    this.#isGoingAway = true
    this.#values?.goAway()
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
      const requests = this.#ownRequests
      this.actions.checkRequests(requests.inFlight)
      const timeoutMs = Math.min(want.timeoutMs ?? requestTimeoutMs, wire.requestTimeoutMs)
      const send = (): Promise<BrokerMessage> => requests.send(broker, message, { ...options, timeoutMs })
      return requests.counting(decided === undefined ? send() : this.#whenAllowed(decided).then(send))
    } catch (cause) {
      return Promise.reject(cause)
    }
  }

  /** See `SessionSubscriptions.subscribe`. */
  subscribe(want: Subscribe, confirmed: Confirmed): Promise<void> {
    return this.#subscriptions.subscribe(want, confirmed)
  }

  /** See `SessionSnapshots.send`. */
  snapshot(want: SnapshotCommand, confirmed: SnapshotConfirmed): Promise<void> {
    return this.#subscriptions.snapshots.send(want, confirmed)
  }

  /** See `SessionSubscriptions.read`. */
  read(want: Pick<Subscribe, 'subject' | 'broker'>): Promise<StoredValue | undefined> {
    return this.#subscriptions.read(want)
  }

  /** Messages of a subscription were lost: its values are sent again. */
  missed(id: number): void {
    this.#subscriptions.missed(id)
  }

  /** See `SessionSubscriptions.unsubscribe`. */
  unsubscribe(id: number, handled?: number): void {
    this.#subscriptions.unsubscribe(id, handled)
  }

  /** The client may no longer be here: nothing more is delivered to it. */
  revoke(error: WildcastError): void {
    this.#revoked = error
    this.close()
    this.outlet.revoked?.(error)
  }

  /** Ends all subscriptions. `ending` decides on the wills of the client. */
  close(ending: SessionEnding = 'lost'): void {
    this.#closed = true
    this.#values?.end(ending)
    this.#willMessages?.end()
    this.#stopExpiry?.()
    this.#ports.closed(this)
    this.#subscriptions.close()
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

  /** @throws {WildcastError} as `#demandPresent` */
  #ownValues(): SessionValues {
    this.#demandPresent()
    const { hub, values, keyed, limits, access } = this.#ports
    if (this.#values) return this.#values
    this.#values = new SessionValues({
      hub,
      values,
      keyed,
      actions: this.actions,
      clock: access.clock,
      limits,
      before: (broker) => this.#subscriptions.before(broker),
      demandPresent: () => this.#demandPresent(),
    })
    if (this.#isGoingAway) this.#values.goAway()
    return this.#values
  }

  #publish(want: PublishCommand, broker: string, message: BrokerMessage): Soon<string | undefined> {
    const { key } = want
    if (key === undefined) return this.#send(broker, message)
    const own = JSON.stringify([this.identity.user, key]) // no client can write the key of another user
    return this.#ports.keyed.publish(own, { ...message, broker }, (stored) => this.#send(broker, message, stored))
  }

  /** With no subscription pending, publishes in this turn. */
  #send(broker: string, message: BrokerMessage, key?: PublishKey): Soon<string | undefined> {
    const { hub } = this.#ports
    const ready = this.#subscriptions.before(broker)
    const publish = (): Soon<string | undefined> => hub.publish(broker, message, key)
    return ready === undefined ? publish() : ready.then(publish)
  }

  get #ownRequests(): SessionRequests {
    const before = (broker: string): Promise<void> | undefined => this.#subscriptions.before(broker)
    this.#requests ??= new SessionRequests({ hub: this.#ports.hub, before })
    return this.#requests
  }
}
