import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { Dropped } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { NativeSubscription, Sink } from '../foreign/driver.js'
import { noServer } from '../no-server.js'
import { OwedAnswers } from '../owed-answers.js'
import { requestSubject, responseSubject, servedPattern } from '../request-subjects.js'
import { acquireScript, type LeaseTimes, releaseScript } from './leases.js'
import type { Scripts } from './scripts.js'
import type { RedisNames } from './subjects.js'
import type { Subscriber } from './subscriber.js'

export interface RedisResponderOptions {
  readonly subject: Subject
  /** Identifies this relay at Redis, over all its connections. */
  readonly owner: string
  /** The key of its lease. */
  readonly lease: string
  readonly names: RedisNames
  readonly scripts: Scripts
  readonly subscriber: Subscriber
  readonly leaseTimes: LeaseTimes
  readonly clock: Clock
  readonly sink: Sink
  /** Publishes an answer. */
  answer(message: BrokerMessage): Promise<unknown>
  /** Ends the connection if it is of no more use after this failure. Returns the error to throw. */
  failed(cause: unknown): WildcastError
  dropped(why: Dropped): void
}

/**
 * The one responder of a subject over all relays: it holds a lease at Redis, and subscribes to
 * requests by the original's scheme.
 */
export class RedisResponder {
  readonly #options: RedisResponderOptions
  readonly #owed: OwedAnswers<RedisResponder, Subject> = new OwedAnswers((answerOn) => this.#refuse(answerOn))
  /** Resolves when another relay has the lease, because this one was away for too long. */
  readonly ended: Promise<WildcastError>
  #endWith: (error: WildcastError) => void = () => {}
  #stopRenewing: () => void = () => {}
  #requests: NativeSubscription | undefined
  #left = false
  /** Another relay has the lease: it receives the requests, too. */
  #lost = false

  constructor(options: RedisResponderOptions) {
    this.#options = options
    this.ended = new Promise((resolve) => {
      this.#endWith = resolve
    })
  }

  /** @throws {WildcastError} `already_served`, `forbidden` */
  async begin(): Promise<void> {
    const { names, subject, subscriber, failed } = this.#options
    try {
      if (!(await this.#acquire())) throw alreadyServed(subject)
      if (this.#left) return
      this.#requests = subscriber.glob(
        names.globOf(servedPattern(subject)),
        (channel, payload) => this.#receive(channel, payload),
        (channel) => this.#ignores(channel),
      )
      await this.#requests.confirmed
    } catch (cause) {
      void this.#owed.leave(this)
      void this.#release()
      throw failed(cause)
    }
  }

  /** A request has its final answer. */
  answered(answerOn: Subject): void {
    this.#owed.answered(answerOn)
  }

  /** Frees the subject, and refuses the pending requests. Never rejects. */
  async leave(): Promise<void> {
    this.stop()
    const ended = this.#requests?.end()
    const refused = this.#owed.leave(this)
    // Keeps the lease until no request comes any longer: those that do are refused here, and must
    // not reach another responder as well.
    await ended
    await Promise.all([refused, this.#release()])
  }

  /** The connection has ended. */
  stop(): void {
    this.#left = true
    this.#stopRenewing()
  }

  /** The glob matches across dots: it also brings requests to longer subjects. */
  #ignores(channel: string): boolean {
    const { names, subject } = this.#options
    const request = names.subjectOf(channel)
    return request !== undefined && request !== requestSubject(idOf(request), subject)
  }

  #receive(channel: string, payload: Uint8Array): void {
    const { names, subject, sink, dropped } = this.#options
    if (this.#ignores(channel)) return
    const request = names.subjectOf(channel)
    if (request === undefined) {
      dropped('foreign_subject')
      return
    }
    const answerOn = responseSubject(idOf(request), subject)
    // After the responder has left, requests come until Redis has ended the subscription.
    if (this.#owed.ask(this, answerOn)) sink({ subject, payload, responseSubject: answerOn })
  }

  async #refuse(answerOn: Subject): Promise<void> {
    if (this.#lost) return
    const { subject, answer } = this.#options
    const { code, message } = noServer(subject, 'left')
    await answer({ subject: answerOn, payload: '', error: { code, message } })
  }

  /** Acquires or renews the lease, and schedules the next renewal. Returns whether it is ours. */
  async #acquire(): Promise<boolean> {
    const { scripts, lease, owner, leaseTimes, clock } = this.#options
    this.#stopRenewing()
    this.#stopRenewing = clock.after(leaseTimes.renewEveryMs, () => void this.#renew())
    return (await scripts.run(acquireScript, [lease], [owner, leaseTimes.leaseMs])) === 1
  }

  /** After a failure that leaves the connection in use, the next renewal tries again. */
  async #renew(): Promise<void> {
    const { subject, failed } = this.#options
    try {
      if (!(await this.#acquire()) && !this.#left) {
        this.#lost = true
        void this.leave()
        this.#endWith(alreadyServed(subject))
      }
    } catch (cause) {
      failed(cause)
    }
    if (this.#left) this.#stopRenewing()
  }

  async #release(): Promise<void> {
    const { scripts, lease, owner } = this.#options
    this.stop()
    await scripts.run(releaseScript, [lease], [owner]).catch(() => {}) // then the lease expires
  }
}

/** The id in the subject of a request: `request.<id>.<subject>`. */
function idOf(request: Subject): string {
  return request.split('.', 2)[1] as string
}

function alreadyServed(subject: Subject): WildcastError {
  return new WildcastError('already_served', `"${subject}" has a server at another relay already`)
}
