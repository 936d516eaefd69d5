import { type BrokerMessage, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions, Dropped } from '../../core/broker.js'
import type { Clock } from '../../core/clock.js'
import { failureOfText } from '../failure-text.js'
import { type PendingReplies, replies } from '../replies.js'
import { requestSubject, responseSubject } from '../request-subjects.js'
import { relayChannels } from './keys.js'
import type { RedisNames } from './subjects.js'
import type { Subscriber } from './subscriber.js'

export interface RedisRequestsOptions {
  readonly prefix: string
  readonly names: RedisNames
  readonly subscriber: Subscriber
  readonly clock: Clock
  readonly newId: () => string
  /** Resolves with the number of receivers; undefined if Redis can't count them. */
  publish(message: BrokerMessage): Promise<number | undefined>
  /** A part of an answer has come that no request awaits. */
  unawaited(answerOn: Subject): void
  dropped(why: Dropped): void
}

/** The first characters of a ULID are its time; 80 random bits follow. */
const timeLength = 10

const answer = 'response.'

/**
 * The pending requests of this relay. The ids of a connection's requests have a common start, so
 * three subscriptions bring all answers.
 */
export class RedisRequests {
  readonly #options: RedisRequestsOptions
  readonly #pending: PendingReplies
  readonly #start: string
  #subscribed: Promise<unknown> | undefined

  constructor(options: RedisRequestsOptions) {
    this.#options = options
    this.#pending = replies(options.clock)
    // No ULID begins with more than a 7.
    this.#start = `0${options.newId().slice(timeLength, 2 * timeLength - 1)}`
  }

  /**
   * @throws {WildcastError} `no_responders`, `timeout`, `broker_down`, or what the signal was
   * aborted with
   */
  request({ subject: requested, payload }: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const subject = requested as Subject
    const id = this.#start + this.#options.newId().slice(timeLength)
    const answerOn = responseSubject(id, subject)
    let isPending = true
    const answered = this.#pending.wait(answerOn, options).finally(() => {
      isPending = false
    })
    const send = async (): Promise<void> => {
      await this.#subscribe()
      if (!isPending) return
      const receivers = await this.#options.publish({ subject: requestSubject(id, subject), payload })
      if (receivers === 0) throw noResponders(subject)
    }
    send().catch((cause) => this.#pending.fail(answerOn, WildcastError.from(cause)))
    return answered
  }

  /** The connection has ended. */
  failAll(error: WildcastError): void {
    this.#pending.failAll(error)
  }

  /** Subscribes to the answers of all requests, once. */
  #subscribe(): Promise<unknown> {
    const { prefix, subscriber } = this.#options
    const on = (begin: string, markOf: (payload: Uint8Array) => Partial<BrokerMessage> | undefined): Promise<void> =>
      subscriber.glob([`${prefix}${begin}${this.#start}`, ''], (channel, payload) => {
        const mark = markOf(payload)
        if (mark) this.#receive(prefix + answer + channel.slice(prefix.length + begin.length), { payload, ...mark })
        else this.#options.dropped('foreign_message')
      }).confirmed
    this.#subscribed ??= Promise.all([
      on(answer, () => ({})),
      on(relayChannels.more, () => ({ more: true })),
      on(relayChannels.error, failureOf),
    ]).catch((cause) => {
      this.#subscribed = undefined // refused: the next request tries again
      throw cause
    })
    return this.#subscribed
  }

  #receive(channel: string, received: Pick<BrokerMessage, 'payload' | 'more' | 'error'>): void {
    const subject = this.#options.names.subjectOf(channel)
    if (subject === undefined) this.#options.dropped('foreign_subject')
    // Not an answer of the responder: it has left.
    else if (received.error?.code === 'no_responders')
      this.#pending.fail(subject, new WildcastError('no_responders', received.error.message))
    else if (!this.#pending.take({ subject, ...received })) {
      this.#options.dropped('late_answer')
      if (received.more) this.#options.unawaited(subject)
    }
  }
}

function failureOf(payload: Uint8Array): Partial<BrokerMessage> | undefined {
  const error = failureOfText(payload)
  return error && { payload: '', error }
}

function noResponders(subject: Subject): WildcastError {
  return new WildcastError('no_responders', `"${subject}" has no server; start one with serve("${subject}", …)`)
}
