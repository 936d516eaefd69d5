import {
  type BrokerMessage,
  isClosed,
  isDerived,
  type Party,
  type Payload,
  type Subject,
  WildcastError,
} from '@wildcast/protocol'
import { Access } from './access/access.js'
import type { Action } from './access/grants.js'
import { type Identity, partyOf } from './access/identity.js'
import { AwaitedAnswers } from './awaited-answers.js'
import type { Checked } from './checked.js'
import {
  checkBroker,
  checkSize,
  interestOf,
  ownSubject,
  publishSubject,
  refuseClosed,
  refuseMadeForRequest,
} from './checks.js'
import type { Ask, PresenceCommand, PublishCommand, RetainedPublish, Subscribe } from './commands.js'
import type { FeedMember } from './feed-member.js'
import { type FeedRequest, subscribing } from './feed-request.js'
import { parseFilter } from './filters/filter.js'
import { carriedHeaders, withoutPath } from './headers.js'
import { memberCountPolicy, policyOf } from './policy.js'
import { memberSubject, patternOfMembers } from './presence-subjects.js'
import { withFacts } from './publish-facts.js'
import { requested } from './requested.js'
import type { SessionActionsPorts } from './session-actions-ports.js'
import { SessionQuestions } from './session-questions.js'
import type { SessionRates } from './session-rates.js'
import type { StoredValue } from './store.js'
import { tooManyFilters, tooManyRequests, tooManySubscriptions } from './too-many.js'
import { type CheckedWrite, checkRetain } from './values/check-retain.js'

/**
 * The checks of a session. Subjects, limits, features and permissions are checked here once, so
 * that no gateway can omit a check.
 */
export class SessionActions {
  readonly #ports: SessionActionsPorts
  #access: Access
  readonly #answers: AwaitedAnswers = new AwaitedAnswers()
  #party: Party | undefined
  /** Made when first needed. */
  #questions: SessionQuestions | undefined
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

  /** The session may answer a request to `subject`. */
  expectsAnswer(...[responseSubject, subject, to]: Parameters<FeedMember['expectsAnswer']>): void {
    // Without permissions all clients may use these, and strangers could crowd out the others.
    if (this.#access.isOpen && isDerived(responseSubject)) return
    this.#answers.add(responseSubject, subject, to)
  }

  /** @throws {WildcastError} as `Session.publish` */
  publish(want: PublishCommand): Checked<BrokerMessage> {
    return this.#refusing(want.madeForRequest ? 'request' : 'publish', () => {
      const checked = this.#publish(want)
      return this.#ports.contract?.publish(checked, this.#answers.get(want.subject)) ?? checked
    })
  }

  /** Checks the subject of later publishes. @throws {WildcastError} as `publish` */
  mayPublish(want: Pick<PublishCommand, 'subject' | 'broker'>): Checked<BrokerMessage> {
    return this.#refusing('publish', () => this.#publish({ ...want, payload: '' }))
  }

  /** Checks another payload for the subject of a publish that passed all checks. */
  publishAlso({ broker, result }: Checked<BrokerMessage>, payload: Payload): Checked<BrokerMessage> {
    return this.#refusing('publish', () => {
      const { hub, limits } = this.#ports
      this.#rates?.publish(payload, this.identity.user)
      const message = { ...result, id: hub.nextMessageId(), payload }
      checkSize(message, limits.payload)
      const checked = { broker, result: message, decided: undefined }
      return this.#ports.contract?.publish(checked) ?? checked
    })
  }

  /** @throws {WildcastError} as `Session.retain` */
  retain(want: RetainedPublish): Checked<CheckedWrite> {
    return this.#refusing('publish', () => {
      const { decided, ...published } = this.#publish(want)
      const checked = { ...published, result: checkRetain(this.#ports.hub, want, published), decided }
      return this.#ports.contract?.value(checked, want.retain.will) ?? checked
    })
  }

  /** Checks again data that has waited: the contract may be another. @throws `invalid_payload` */
  demandFit(broker: string, result: CheckedWrite, will: Payload | undefined): void {
    const checked = { broker, result, decided: undefined }
    this.#refusing('publish', () => this.#ports.contract?.value(checked, will) ?? checked)
  }

  /** @throws {WildcastError} as `Session.enter` */
  presence(want: PresenceCommand): Checked<CheckedWrite> {
    return this.#refusing('presence', () => {
      const checked = this.#presence(want)
      return this.#ports.contract?.presence(checked, ownSubject(want.subject)) ?? checked
    })
  }

  /** @throws {WildcastError} as `Session.request` */
  request(want: Ask): Checked<BrokerMessage> {
    return this.#refusing('request', () => {
      const checked = this.#request(want)
      return this.#ports.contract?.request(checked) ?? checked
    })
  }

  /** @throws {WildcastError} as `Session.subscribe` */
  subscribe(want: Subscribe): Checked<FeedRequest> {
    return this.#refusing(want.serve ? 'serve' : 'subscribe', () => this.#subscribe(want))
  }

  /** @throws {WildcastError} `rate_limited` if the session has too many requests in flight */
  checkRequests(inFlight: number): void {
    this.#admit('request', tooManyRequests(this.#ports.limits, inFlight))
  }

  /** @throws {WildcastError} `too_many_subscriptions` if the session has its limit already */
  checkSubscriptions(count: number, { serve }: Pick<Subscribe, 'serve'>): void {
    this.#admit(serve ? 'serve' : 'subscribe', tooManySubscriptions(this.#ports.limits, count))
  }

  /** @throws {WildcastError} `rate_limited` if the session has its limit of filters already */
  checkFilters(count: number): void {
    this.#admit('subscribe', tooManyFilters(count))
  }

  #admit(kind: Action['kind'], refused: WildcastError | undefined): void {
    if (refused) throw this.#refused(kind, refused)
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
      // A store keeps the headers of a value, also if the broker has none for other messages.
      const headers = 'retain' in want ? want.headers : carriedHeaders(hub, broker, want.headers)
      const message = this.#messageOf({ ...want, headers })
      checkSize(message, limits.payload)
      if (want.wildcard) hub.demand(broker, 'wildcard')
      if (message.responseSubject !== undefined) hub.demand(broker, 'response_subject')
      // A responder may answer: a subject that only a relay can have made needs no other
      // permission.
      if (this.#answers.get(want.subject) && (isClosed(message.subject) || isDerived(message.subject)))
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
    this.#rates?.publish(payload, this.identity.user)
    const headers = withoutPath(carriedHeaders(hub, broker, want.headers))
    const message: BrokerMessage = { id: hub.nextMessageId(), from: this.party, subject, payload, headers }
    checkSize(message, limits.payload)
    return { broker, result: message, decided: this.#access.demand({ kind: 'request', subject, broker }) }
  }

  #subscribe(want: Subscribe): Checked<FeedRequest> {
    const { hub, contract } = this.#ports
    if (!want.madeForRequest) this.#rates?.subscribe()
    const broker = this.#brokerOf(want.broker)
    const interest = interestOf(want, contract?.quarantines)
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

  /** Whether the client may be sent a value: it may not fit the contract. */
  admits(value: StoredValue): boolean {
    return this.#ports.contract?.admits(value) ?? true
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

  /** See `SessionQuestions.can`. */
  can(...asked: Parameters<SessionQuestions['can']>): ReturnType<SessionQuestions['can']> {
    const { limits, access, contract } = this.#ports
    this.#questions ??= new SessionQuestions({
      most: limits.requests,
      explain: access.explain,
      quarantines: contract?.quarantines,
      access: () => this.#access,
      brokerOf: (name) => this.#brokerOf(name),
    })
    return this.#questions.can(...asked)
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
    checkBroker(asked, only)
    return hub.nameOf(asked ?? only)
  }

  #messageOf(want: PublishCommand): BrokerMessage {
    const answers = this.#answers.get(want.subject)
    const subject = answers ? (answers.to?.subject ?? (want.subject as Subject)) : publishSubject(want)
    const responseSubject = want.responseSubject === undefined ? undefined : ownSubject(want.responseSubject)
    if (!answers) refuseClosed(subject)
    if (!this.#access.isOpen && !want.madeForRequest) {
      if (!answers) refuseMadeForRequest(subject)
      if (responseSubject !== undefined) refuseMadeForRequest(responseSubject)
    }
    const { payload, more, error } = want
    const headers = withoutPath(want.headers)
    const id = this.#ports.hub.nextMessageId()
    const message = { id, from: this.party, subject, payload, responseSubject, headers, more, error }
    return withFacts(message, want.facts, answers?.to?.correlation)
  }
}
