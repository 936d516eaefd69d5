import {
  type BrokerMessage,
  isClosed,
  isDerived,
  type Party,
  type Payload,
  refusal,
  type Subject,
  WildcastError,
} from '@wildcast/protocol'
import { Access, type AccessPorts } from './access/access.js'
import { type Action, allowed } from './access/grants.js'
import { type Identity, partyOf } from './access/identity.js'
import type { Checked } from './checked.js'
import { checkSize, interestOf, ownSubject, publishSubject, refuseClosed, refuseMadeForRequest } from './checks.js'
import type { Ask, PresenceCommand, PublishCommand, RetainedPublish, Subscribe } from './commands.js'
import { type FeedRequest, subscribing } from './feed-request.js'
import { filterLimits, parseFilter, withoutFilter } from './filters/filter.js'
import { withoutPath } from './headers.js'
import type { Hub } from './hub.js'
import type { SessionLimits } from './limits.js'
import type { Observer } from './observer.js'
import { memberCountPolicy, policyOf } from './policy.js'
import { memberSubject, patternOfMembers } from './presence-subjects.js'
import { RecentSet } from './recent-set.js'
import { requested } from './requested.js'
import type { RelayRates, SessionRates } from './session-rates.js'
import { type CheckedWrite, checkRetain } from './values/check-retain.js'

export interface SessionActionsPorts {
  readonly hub: Hub
  readonly limits: SessionLimits
  readonly access: AccessPorts
  readonly rates: RelayRates
  readonly observer: Pick<Observer, 'refused'>
  /** Returns a new name. */
  readonly newName: () => string
  /** The only broker that a session may use, if its endpoint is limited to one. */
  readonly only?: string | undefined
}

/** The least number of recent response subjects that a session may answer on. */
const answersRemembered = 1000

/**
 * The checks of a session. Subjects, limits, features and permissions are checked here once, so
 * that no gateway can omit a check.
 */
export class SessionActions {
  readonly #ports: SessionActionsPorts
  #access: Access
  /** Response subjects of requests that the session received. Made when first needed. */
  #answers: RecentSet | undefined
  #party: Party | undefined
  /** The number of questions that the hook is deciding on. */
  #questions = 0
  /** Absent without a limit. */
  readonly #rates: SessionRates | undefined

  /** @param rateKey - shared by sessions of requests, which are too short for rates of their own */
  constructor(ports: SessionActionsPorts, identity: Identity, rateKey?: string) {
    this.#ports = ports
    this.#rates = ports.rates.open(rateKey)
    this.#access = new Access(ports.access, identity)
  }

  get identity(): Identity {
    return this.#access.identity
  }

  /** The client has shown other credentials. Earlier decisions no longer hold. */
  set identity(identity: Identity) {
    this.#access = new Access(this.#ports.access, identity)
    this.#party = partyOf(this.party.session, identity)
  }

  /** The client as others see it. Made when first read; its session name proves nothing. */
  get party(): Party {
    this.#party ??= partyOf(this.#ports.newName(), this.identity)
    return this.#party
  }

  expectsAnswer(responseSubject: Subject): void {
    // Without permissions all clients may use these, and strangers could crowd out the others.
    if (this.#access.isOpen && isDerived(responseSubject)) return
    this.#answers ??= new RecentSet(answersRemembered)
    this.#answers.add(responseSubject)
  }

  /** @throws {WildcastError} as `Session.publish` */
  publish(want: PublishCommand): Checked<BrokerMessage> {
    return this.#refusing(want.madeForRequest ? 'request' : 'publish', () => this.#publish(want))
  }

  /** Checks another payload for the subject of a publish that passed all checks. */
  publishAlso({ broker, result }: Checked<BrokerMessage>, payload: Payload): Checked<BrokerMessage> {
    return this.#refusing('publish', () => {
      const { hub, limits } = this.#ports
      this.#rates?.publish(payload, this.identity.user)
      const message = { ...result, id: hub.nextMessageId(), payload }
      checkSize(message, limits.payload)
      return { broker, result: message, decided: undefined }
    })
  }

  /** @throws {WildcastError} as `Session.retain` */
  retain(want: RetainedPublish): Checked<CheckedWrite> {
    return this.#refusing('publish', () => {
      const { decided, ...checked } = this.#publish(want)
      return { broker: checked.broker, result: checkRetain(this.#ports.hub, want, checked), decided }
    })
  }

  /** @throws {WildcastError} as `Session.enter` */
  presence(want: PresenceCommand): Checked<CheckedWrite> {
    return this.#refusing('presence', () => this.#presence(want))
  }

  /** @throws {WildcastError} as `Session.request` */
  request(want: Ask): Checked<BrokerMessage> {
    return this.#refusing('request', () => this.#request(want))
  }

  /** @throws {WildcastError} as `Session.subscribe` */
  subscribe(want: Subscribe): Checked<FeedRequest> {
    return this.#refusing(want.serve ? 'serve' : 'subscribe', () => this.#subscribe(want))
  }

  /** @throws {WildcastError} `rate_limited` if the session has too many requests in flight */
  checkRequests(inFlight: number): void {
    const { requests } = this.#ports.limits
    if (inFlight >= requests)
      throw this.#refused('request', refusal('rate_limited', `${requests} requests are in flight; wait for an answer`))
  }

  /** @throws {WildcastError} `too_many_subscriptions` if the session has its limit already */
  checkSubscriptions(count: number, { serve }: Pick<Subscribe, 'serve'>): void {
    const { subscriptions } = this.#ports.limits
    if (count >= subscriptions)
      throw this.#refused(
        serve ? 'serve' : 'subscribe',
        refusal('too_many_subscriptions', `a session has ${subscriptions} at most; use wildcards`),
      )
  }

  /** @throws {WildcastError} `rate_limited` if the session has its limit of filters already */
  checkFilters(count: number): void {
    if (count >= filterLimits.session)
      throw this.#refused(
        'subscribe',
        refusal('rate_limited', `a session has ${filterLimits.session} filters at most; ${withoutFilter}`),
      )
  }

  /** Counts a refusal. Returns it. */
  #refused(kind: Action['kind'], cause: unknown): unknown {
    this.#ports.observer.refused(kind, WildcastError.from(cause).code)
    return cause
  }

  /** A frame of the client can't be read: it counts as a publish. */
  unreadable(): void {
    this.#rates?.unreadable()
  }

  #publish(want: PublishCommand): Checked<BrokerMessage> {
    const { hub, limits } = this.#ports
    const broker = this.#brokerOf(want.broker)
    return hub.counts.step(broker, () => {
      this.#rates?.publish(want.payload, this.identity.user)
      const message = this.#messageOf(want)
      checkSize(message, limits.payload)
      if (want.wildcard) hub.demand(broker, 'wildcard')
      // A store keeps the headers of a value, also if the broker has none for other messages.
      if (want.headers && !('retain' in want)) hub.demand(broker, 'headers')
      if (message.responseSubject !== undefined) hub.demand(broker, 'response_subject')
      // A responder may answer: a subject that only a relay can have made needs no other
      // permission.
      if (this.#isAnswer(want.subject) && (isClosed(message.subject) || isDerived(message.subject)))
        return { broker, result: message, decided: undefined }
      const action: Action = want.madeForRequest
        ? { kind: 'request', subject: requested(message.subject), broker }
        : { kind: 'publish', subject: message.subject, broker }
      return { broker, result: message, decided: this.#access.demand(action) }
    })
  }

  #presence({ subject: text, member, payload, broker: asked }: PresenceCommand): Checked<CheckedWrite> {
    const { hub, limits } = this.#ports
    const broker = this.#brokerOf(asked)
    const subject = ownSubject(text)
    this.#rates?.publish(payload, this.identity.user)
    const of = memberSubject(subject, this.identity.user, member)
    const message = { id: hub.nextMessageId(), from: this.party, subject: of, payload }
    checkSize(message, limits.payload)
    hub.demand(broker, 'presence')
    const result = { message, condition: undefined, ttlMs: undefined }
    return { broker, result, decided: this.#access.demand({ kind: 'presence', subject, broker }) }
  }

  #request(want: Ask): Checked<BrokerMessage> {
    const { hub, limits } = this.#ports
    const broker = this.#brokerOf(want.broker)
    const subject = ownSubject(want.subject)
    const { payload } = want
    const headers = withoutPath(want.headers)
    this.#rates?.publish(payload, this.identity.user)
    const message: BrokerMessage = { id: hub.nextMessageId(), from: this.party, subject, payload, headers }
    checkSize(message, limits.payload)
    if (want.headers) hub.demand(broker, 'headers')
    return { broker, result: message, decided: this.#access.demand({ kind: 'request', subject, broker }) }
  }

  #subscribe(want: Subscribe): Checked<FeedRequest> {
    const { hub } = this.#ports
    if (!want.madeForRequest) this.#rates?.subscribe()
    const broker = this.#brokerOf(want.broker)
    const interest = interestOf(want)
    if (want.retained !== undefined) hub.demand(broker, 'retained')
    if (want.history) hub.history(broker, interest.pattern)
    if (want.count || patternOfMembers(interest.pattern)) hub.demand(broker, 'presence')
    if (interest.group !== undefined) hub.demand(broker, 'queue')
    if (interest.serve) hub.demand(broker, 'serve')
    const policy = want.count ? memberCountPolicy : policyOf(want.policy)
    const filter = want.filter === undefined ? undefined : parseFilter(want.filter)
    const result: FeedRequest = { broker, interest, policy, filter }
    return { broker, result, decided: want.madeForRequest ? undefined : this.#access.demand(subscribing(result)) }
  }

  /** Whether the client may still have a subscription. Returns the refusal if not. */
  async withdrawn(request: Pick<FeedRequest, 'broker' | 'interest'>): Promise<WildcastError | undefined> {
    return this.refusalOf(subscribing(request))
  }

  /** Whether the client may do something that it has begun. Returns the refusal if not. */
  async refusalOf(action: Action): Promise<WildcastError | undefined> {
    const verdict = await this.#access.decide(action)
    return verdict.allowed ? undefined : this.#access.refusal(action, verdict.why)
  }

  /**
   * Whether the client may do something now. `why` is absent unless the relay explains.
   * @throws {WildcastError} by rejection: `rate_limited` if too many are being decided
   */
  async can(kind: Action['kind'], subject: string, broker?: string): Promise<{ allowed: boolean; why?: string }> {
    const { requests } = this.#ports.limits
    if (this.#questions >= requests)
      throw refusal('rate_limited', `${requests} questions are pending; wait for an answer`)
    this.#questions++
    try {
      const parsed = kind === 'subscribe' || kind === 'presence' ? interestOf({ subject }).pattern : ownSubject(subject)
      const action: Action = { kind, subject: patternOfMembers(parsed) ?? parsed, broker: this.#brokerOf(broker) }
      const verdict = await this.#access.decide(action)
      if (verdict.allowed) return allowed
      return { allowed: false, ...(this.#ports.access.explain && { why: verdict.why }) }
    } catch (cause) {
      return { allowed: false, why: WildcastError.from(cause).message }
    } finally {
      this.#questions--
    }
  }

  /** Counts refusals, those by a pending decision included. */
  #refusing<Result>(kind: Action['kind'], check: () => Checked<Result>): Checked<Result> {
    try {
      const checked = check()
      checked.decided?.catch((cause) => this.#refused(kind, cause))
      return checked
    } catch (cause) {
      throw this.#refused(kind, cause)
    }
  }

  #brokerOf(asked: string | undefined): string {
    const { hub, only } = this.#ports
    if (only !== undefined && asked !== undefined && asked !== only)
      throw new WildcastError('unknown_broker', `there is no broker of that name; there are: ${only}`)
    return hub.nameOf(asked ?? only)
  }

  #isAnswer(subject: string): boolean {
    return this.#answers?.has(subject) ?? false
  }

  #messageOf(want: PublishCommand): BrokerMessage {
    const answers = this.#isAnswer(want.subject)
    const subject = answers ? (want.subject as Subject) : publishSubject(want)
    const responseSubject = want.responseSubject === undefined ? undefined : ownSubject(want.responseSubject)
    if (!answers) refuseClosed(subject)
    if (!this.#access.isOpen && !want.madeForRequest) {
      if (!answers) refuseMadeForRequest(subject)
      if (responseSubject !== undefined) refuseMadeForRequest(responseSubject)
    }
    const { payload, more, error } = want
    const headers = withoutPath(want.headers)
    const id = this.#ports.hub.nextMessageId()
    return { id, from: this.party, subject, payload, responseSubject, headers, more, error }
  }
}
