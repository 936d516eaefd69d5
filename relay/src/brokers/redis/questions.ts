import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions, Dropped } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import { failureOfText } from '../failure-text.js'
import { type PendingReplies, replies } from '../replies.js'
import { requestSubject, responseSubject } from '../request-subjects.js'
import { closed } from './keys.js'
import type { RedisNames } from './subjects.js'
import type { Subscriber } from './subscriber.js'

export interface QuestionsOptions {
  readonly prefix: string
  readonly names: RedisNames
  readonly subscriber: Subscriber
  readonly clock: Clock
  readonly newId: () => string
  /** Says how many will take it; undefined where Redis does not know. */
  publish(message: BrokerMessage): Promise<number | undefined>
  /** A part of an answer has come that nobody awaits any more. */
  tellNobodyWaits(answerOn: Subject): void
  dropped(why: Dropped): void
}

/** The first characters of a ULID are its time; 80 random bits follow. */
const timeLength = 10

const answer = 'response.'

/**
 * What this relay asks, and who waits for an answer. All answers come by three subscriptions, since
 * the ids of a connection's questions begin alike.
 */
export class Questions {
  readonly #options: QuestionsOptions
  readonly #waiting: PendingReplies
  readonly #start: string
  #listening: Promise<unknown> | undefined

  constructor(options: QuestionsOptions) {
    this.#options = options
    this.#waiting = replies(options.clock)
    // No ULID begins with more than a 7.
    this.#start = `0${options.newId().slice(timeLength, 2 * timeLength - 1)}`
  }

  /**
   * @throws {WildcastError} `no_responders`, `timeout`, `broker_down`, or what the signal was
   * aborted with
   */
  ask({ subject: asked, payload }: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const subject = asked as Subject
    const id = this.#start + this.#options.newId().slice(timeLength)
    const answerOn = responseSubject(id, subject)
    let waits = true
    const answered = this.#waiting.wait(answerOn, options).finally(() => {
      waits = false
    })
    const said = async (): Promise<void> => {
      await this.#listen()
      if (!waits) return
      const takers = await this.#options.publish({ subject: requestSubject(id, subject), payload })
      if (takers === 0) throw noResponders(subject)
    }
    said().catch((cause) => this.#waiting.fail(answerOn, WildcastError.from(cause)))
    return answered
  }

  /** The connection has ended. */
  failAll(error: WildcastError): void {
    this.#waiting.failAll(error)
  }

  /** Once for all questions. */
  #listen(): Promise<unknown> {
    const { prefix, subscriber } = this.#options
    const hear = (begin: string, mark: (payload: Uint8Array) => Partial<BrokerMessage> | undefined): Promise<void> =>
      subscriber.glob([`${prefix}${begin}${this.#start}`, ''], (channel, payload) => {
        const marks = mark(payload)
        if (marks) this.#hear(prefix + answer + channel.slice(prefix.length + begin.length), { payload, ...marks })
        else this.#options.dropped('foreign_message')
      }).confirmed
    this.#listening ??= Promise.all([
      hear(answer, () => ({})),
      hear(closed.more, () => ({ more: true })),
      hear(closed.error, failureOf),
    ]).catch((cause) => {
      this.#listening = undefined // refused: the next question asks again
      throw cause
    })
    return this.#listening
  }

  #hear(channel: string, said: Pick<BrokerMessage, 'payload' | 'more' | 'error'>): void {
    const subject = this.#options.names.subjectOf(channel)
    if (subject === undefined) this.#options.dropped('foreign_subject')
    // Not refused by whoever was asked: nobody is there.
    else if (said.error?.code === 'no_responders')
      this.#waiting.fail(subject, new WildcastError('no_responders', said.error.message))
    else if (!this.#waiting.take({ subject, ...said })) {
      this.#options.dropped('late_answer')
      if (said.more) this.#options.tellNobodyWaits(subject)
    }
  }
}

function failureOf(payload: Uint8Array): Partial<BrokerMessage> | undefined {
  const error = failureOfText(payload)
  return error && { payload: '', error }
}

function noResponders(subject: Subject): WildcastError {
  return new WildcastError('no_responders', `nobody serves "${subject}"; start a server with serve("${subject}", …)`)
}
