import { type BrokerMessage, type Failure, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import { failureOfText } from '../failure-text.js'
import { type PendingReplies, replies } from '../replies.js'
import { requestSubject, responseSubject } from '../request-subjects.js'
import type { AbandonedRequests } from './abandoned-requests.js'
import { type ExchangePorts, finalAnswer } from './exchange.js'
import type { Contents } from './form.js'
import type { originalReader } from './original-reader.js'
import type { OriginalSend } from './original-send.js'
import { answersFilter, markOf, requestTopic } from './original-topics.js'
import { checkLevels, levelsBefore, topicOf } from './subjects.js'
import type { Incoming } from './wire.js'

type RequestPorts = Pick<ExchangePorts, 'routes' | 'clock' | 'newId' | 'dropped'>

interface OriginalRequestOptions {
  readonly send: OriginalSend
  readonly contents: ReturnType<typeof originalReader>
  readonly abandoned: AbandonedRequests
}

/** A pending request, and the subject of its answer. */
interface Pending {
  readonly id: string
  readonly topic: string
  readonly answerOn: Subject
}

/**
 * The pending requests of a connection in the original's form. The answers to each have their own
 * topics.
 */
export class OriginalRequests {
  readonly #ports: RequestPorts
  readonly #options: OriginalRequestOptions
  readonly #waiting: PendingReplies

  constructor(ports: RequestPorts, options: OriginalRequestOptions) {
    this.#ports = ports
    this.#options = options
    this.#waiting = replies(ports.clock)
  }

  async request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const { newId, routes } = this.#ports
    const id = newId()
    const subject = message.subject as Subject
    const pending: Pending = {
      id,
      topic: checkLevels(topicOf(subject), levelsBefore),
      answerOn: responseSubject(id, subject),
    }
    let hasEnded = false
    const answered = this.#waiting.wait(pending.answerOn, options)
    const answer = finalAnswer(answered)
    const route = routes.add(answersFilter(id), (packet) => this.#take(packet, pending))
    route.confirmed
      .then(() => {
        if (hasEnded) return
        answered.catch(() => this.#options.abandoned.announce(pending.answerOn))
        return this.#send(message, pending)
      })
      .catch((cause) => this.#waiting.fail(pending.answerOn, WildcastError.from(cause)))
    return answer.finally(() => {
      hasEnded = true
      void route.end()
    })
  }

  /** Rejects all pending requests. */
  end(error: WildcastError): void {
    this.#waiting.failAll(error)
  }

  #send(message: BrokerMessage, { id, topic, answerOn }: Pending): Promise<void> {
    const subject = requestSubject(id, message.subject as Subject)
    return this.#options.send({ ...message, subject, responseSubject: answerOn }, requestTopic(id, topic))
  }

  #take(packet: Incoming, { id, topic, answerOn }: Pending): void {
    const { dropped } = this.#ports
    const mark = markOf(packet.topic, id, topic)
    if (mark === undefined) {
      dropped('foreign_subject')
      return
    }
    const read = this.#options.contents(packet)
    const error = read && mark === '_error' ? this.#failureIn(read) : undefined
    if (!read || (mark === '_error' && !error)) return
    const { payload, properties } = read
    const marks = { ...(mark === '_more' ? { more: true } : {}), ...(error ? { error } : {}) }
    if (!this.#waiting.take({ subject: answerOn, payload, ...properties, ...marks })) dropped('late_answer')
  }

  #failureIn(read: Contents): Failure | undefined {
    const failure = failureOfText(read.payload)
    if (!failure) this.#ports.dropped('foreign_message')
    return failure
  }
}
