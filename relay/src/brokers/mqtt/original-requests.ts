import { type BrokerMessage, type Failure, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import { failureOfText } from '../failure-text.js'
import { type PendingReplies, replies } from '../replies.js'
import { requestSubject, responseSubject } from '../request-subjects.js'
import { type ExchangePorts, finalAnswer } from './exchange.js'
import type { Contents } from './form.js'
import type { GivenUp } from './given-up.js'
import type { originalReader } from './original-reader.js'
import type { OriginalSend } from './original-send.js'
import { answersFilter, markOf, questionTopic } from './original-topics.js'
import { checkLevels, levelsBefore, topicOf } from './subjects.js'
import type { Incoming } from './wire.js'

type RequestPorts = Pick<ExchangePorts, 'routes' | 'clock' | 'newId' | 'dropped'>

interface Way {
  readonly send: OriginalSend
  readonly contents: ReturnType<typeof originalReader>
  readonly unawaited: GivenUp
}

/** A question, and the subject that its answer is awaited on. */
interface Asked {
  readonly id: string
  readonly topic: string
  readonly awaited: Subject
}

/**
 * The requests of a connection that speaks as the original does: the answers to each come on topics
 * of its own.
 */
export class OriginalRequests {
  readonly #ports: RequestPorts
  readonly #way: Way
  readonly #waiting: PendingReplies

  constructor(ports: RequestPorts, way: Way) {
    this.#ports = ports
    this.#way = way
    this.#waiting = replies(ports.clock)
  }

  async request(question: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    const { newId, routes } = this.#ports
    const id = newId()
    const subject = question.subject as Subject
    const asked: Asked = {
      id,
      topic: checkLevels(topicOf(subject), levelsBefore),
      awaited: responseSubject(id, subject),
    }
    let over = false
    const answered = this.#waiting.wait(asked.awaited, options)
    const answer = finalAnswer(answered)
    const route = routes.add(answersFilter(id), (packet) => this.#take(packet, asked))
    route.confirmed
      .then(() => {
        if (over) return
        answered.catch(() => this.#way.unawaited.tell(asked.awaited))
        return this.#ask(question, asked)
      })
      .catch((cause) => this.#waiting.fail(asked.awaited, WildcastError.from(cause)))
    return answer.finally(() => {
      over = true
      void route.end()
    })
  }

  /** Fails the requests that wait. */
  end(error: WildcastError): void {
    this.#waiting.failAll(error)
  }

  #ask(question: BrokerMessage, { id, topic, awaited }: Asked): Promise<void> {
    const subject = requestSubject(id, question.subject as Subject)
    return this.#way.send({ ...question, subject, responseSubject: awaited }, questionTopic(id, topic))
  }

  #take(packet: Incoming, { id, topic, awaited }: Asked): void {
    const { dropped } = this.#ports
    const mark = markOf(packet.topic, id, topic)
    if (mark === undefined) {
      dropped('foreign_subject')
      return
    }
    const read = this.#way.contents(packet)
    const error = read && mark === '_error' ? this.#failureIn(read) : undefined
    if (!read || (mark === '_error' && !error)) return
    const { payload, beside } = read
    const marks = { ...(mark === '_more' ? { more: true } : {}), ...(error ? { error } : {}) }
    if (!this.#waiting.take({ subject: awaited, payload, ...beside, ...marks })) dropped('late_answer')
  }

  #failureIn(read: Contents): Failure | undefined {
    const failure = failureOfText(read.payload)
    if (!failure) this.#ports.dropped('foreign_message')
    return failure
  }
}
