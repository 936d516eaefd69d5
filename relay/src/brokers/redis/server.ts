import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { Dropped } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import type { NativeSubscription, Sink } from '../foreign/driver.js'
import { noServer } from '../no-server.js'
import { OwedAnswers } from '../owed-answers.js'
import { requestSubject, responseSubject, servedPattern } from '../request-subjects.js'
import { commandFailure } from './failures.js'
import { claimScript, releaseScript } from './lease-scripts.js'
import type { Scripts } from './script.js'
import type { RedisNames } from './subjects.js'
import type { Subscriber } from './subscriber.js'
import type { Terms } from './terms.js'

export interface ServerOptions {
  readonly subject: Subject
  /** Names this relay at Redis, over all its connections. */
  readonly owner: string
  /** The key of its claim. */
  readonly lease: string
  readonly names: RedisNames
  readonly scripts: Scripts
  readonly subscriber: Subscriber
  readonly terms: Terms
  readonly clock: Clock
  readonly sink: Sink
  /** Publishes an answer. */
  answer(message: BrokerMessage): Promise<unknown>
  /** The connection is of no more use. */
  failed(cause: WildcastError): void
  dropped(why: Dropped): void
}

/**
 * The one server of a subject over all relays: it holds a claim at Redis, and listens to questions
 * by the original's scheme.
 */
export class RedisResponder {
  readonly #options: ServerOptions
  readonly #owed: OwedAnswers<RedisResponder, Subject> = new OwedAnswers((answerOn) => this.#refuse(answerOn))
  /** Resolves when another relay has the claim: we were away for too long. */
  readonly ended: Promise<WildcastError>
  #endWith: (error: WildcastError) => void = () => {}
  #stopRenewing: () => void = () => {}
  #questions: NativeSubscription | undefined
  #left = false
  /** Another has the claim: what is asked is asked of that one, too. */
  #lost = false

  constructor(options: ServerOptions) {
    this.#options = options
    this.ended = new Promise((resolve) => {
      this.#endWith = resolve
    })
  }

  /** @throws {WildcastError} `already_served`, `forbidden` */
  async begin(): Promise<void> {
    const { names, subject, subscriber } = this.#options
    try {
      if (!(await this.#claim())) throw alreadyServed(subject)
      if (this.#left) return
      const glob = names.globOf(servedPattern(subject))
      this.#questions = subscriber.glob(
        glob,
        (channel, payload) => this.#hear(channel, payload),
        (channel) => this.#isDeafTo(channel),
      )
      await this.#questions.confirmed
    } catch (cause) {
      void this.#owed.leave(this)
      void this.#release()
      throw commandFailure(cause)
    }
  }

  /** A question has its final answer. */
  answered(answerOn: Subject): void {
    this.#owed.answered(answerOn)
  }

  /** Frees the subject, and tells everybody who waits. Never rejects. */
  async leave(): Promise<void> {
    this.stop()
    const ended = this.#questions?.end()
    const told = this.#owed.leave(this)
    // What is asked until then we refuse: nobody else may be asked, too.
    await ended
    await Promise.all([told, this.#release()])
  }

  /** The connection has ended. */
  stop(): void {
    this.#left = true
    this.#stopRenewing()
  }

  /** The glob crosses dots: it also brings what is for servers of longer subjects. */
  #isDeafTo(channel: string): boolean {
    const { names, subject } = this.#options
    const question = names.subjectOf(channel)
    return question !== undefined && question !== requestSubject(idOf(question), subject)
  }

  #hear(channel: string, payload: Uint8Array): void {
    const { names, subject, sink, dropped } = this.#options
    if (this.#isDeafTo(channel)) return
    const question = names.subjectOf(channel)
    if (question === undefined) {
      dropped('foreign_subject')
      return
    }
    const answerOn = responseSubject(idOf(question), subject)
    // Questions still come until Redis knows that the server has left.
    if (this.#owed.ask(this, answerOn)) sink({ subject, payload, responseSubject: answerOn })
  }

  async #refuse(answerOn: Subject): Promise<void> {
    if (this.#lost) return
    const { subject, answer } = this.#options
    const { code, message } = noServer(subject, 'left')
    await answer({ subject: answerOn, payload: '', error: { code, message } })
  }

  /** Takes the claim or renews it, and goes on doing so. Says whether it is ours. */
  async #claim(): Promise<boolean> {
    const { scripts, lease, owner, terms, clock } = this.#options
    this.#stopRenewing()
    this.#stopRenewing = clock.after(terms.renewEveryMs, () => void this.#renew())
    return (await scripts.run(claimScript, [lease], [owner, terms.leaseMs])) === 1
  }

  /** What goes wrong without an end of the connection is tried again in a while. */
  async #renew(): Promise<void> {
    const { subject, failed } = this.#options
    try {
      if (!(await this.#claim()) && !this.#left) {
        this.#lost = true
        void this.leave()
        this.#endWith(alreadyServed(subject))
      }
    } catch (cause) {
      const error = commandFailure(cause)
      if (error.code === 'broker_down') failed(error)
    }
    if (this.#left) this.#stopRenewing()
  }

  async #release(): Promise<void> {
    const { scripts, lease, owner } = this.#options
    this.stop()
    // What can't be given back ends by itself.
    await scripts.run(releaseScript, [lease], [owner]).catch(() => {})
  }
}

/** Of a question: `request.<id>.<subject>`. */
function idOf(question: Subject): string {
  return question.split('.', 2)[1] as string
}

function alreadyServed(subject: Subject): WildcastError {
  return new WildcastError('already_served', `"${subject}" has a server at another relay already`)
}
