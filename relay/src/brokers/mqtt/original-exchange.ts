import { type BrokerMessage, isSubject, parseSubject, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import { mqttTopics } from '../../names/mqtt-topics.js'
import { failureText } from '../failure-text.js'
import { responseSubject } from '../request-subjects.js'
import { type AbandonedRequests, abandonedRequests } from './abandoned-requests.js'
import type { Exchange, ExchangePorts } from './exchange.js'
import { originalReader } from './original-reader.js'
import { OriginalRequests } from './original-requests.js'
import { type OriginalSend, originalSend } from './original-send.js'
import { marked } from './original-topics.js'
import { respondersShare, topicOf } from './subjects.js'
import type { Incoming } from './wire.js'

/** The limit of a request id in a topic. Those of relays are ULIDs, which are shorter. */
const longestId = 64

/**
 * Exchanges messages in the original's form, for servers and payloads without a response topic. A
 * request is published on `request/<id>/<topic>` and answered on `response/<id>/<topic>`. Answers
 * can't carry marks either: parts are published on `response/<id>/_more/<topic>`, and failures, as
 * JSON, on `response/<id>/_error/<topic>`. No subject of a client begins like these topics.
 */
export class OriginalExchange implements Exchange {
  readonly #ports: ExchangePorts
  readonly #send: OriginalSend
  readonly #contents: ReturnType<typeof originalReader>
  readonly #abandoned: AbandonedRequests
  readonly #requests: OriginalRequests

  constructor(ports: ExchangePorts) {
    this.#ports = ports
    this.#send = originalSend(ports)
    this.#contents = originalReader(ports)
    this.#abandoned = abandonedRequests(ports, topicOf)
    const options = { send: this.#send, contents: this.#contents, abandoned: this.#abandoned }
    this.#requests = new OriginalRequests(ports, options)
  }

  read(packet: Incoming): BrokerMessage | undefined {
    const subject = mqttTopics.subjectOf(packet.topic)
    if (subject === undefined) this.#ports.dropped('foreign_subject')
    const read = subject && this.#contents(packet)
    if (!read) return undefined
    const answerOn = this.#answerSubject(read.responseSubject)
    return { subject, payload: read.payload, ...(answerOn && { responseSubject: answerOn }), ...read.properties }
  }

  beforeServing(): void {
    this.#abandoned.subscribe()
  }

  servedFilter(topic: string): string {
    return `${this.#ports.wire.server.shares ? `$share/${respondersShare}/` : ''}request/+/${topic}`
  }

  readRequest(packet: Incoming, subject: Subject): BrokerMessage | undefined {
    const id = mqttTopics.subjectOf(packet.topic.split('/')[1] ?? '')
    if (id === undefined || id.length > longestId) {
      this.#ports.dropped('foreign_subject')
      return undefined
    }
    const read = this.#contents(packet)
    return read && { subject, payload: read.payload, responseSubject: responseSubject(id, subject), ...read.properties }
  }

  async publish(message: BrokerMessage): Promise<void> {
    if (message.responseSubject !== undefined && !this.#ports.form.carriesResponseSubject)
      throw new WildcastError('unsupported', 'MQTT 3.1.1 carries no response subject; use request')
    const topic = topicOf(message.subject)
    if (message.error) return this.#send({ ...message, payload: failureText(message.error) }, marked(topic, '_error'))
    if (message.more) this.#abandoned.check(message.subject)
    return this.#send(message, message.more ? marked(topic, '_more') : topic)
  }

  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    return this.#requests.request(message, options)
  }

  end(error: WildcastError): void {
    this.#requests.end(error)
  }

  /**
   * Reads a response subject. Returns undefined, and reports it as dropped, if it is invalid.
   */
  #answerSubject(text: string | undefined): Subject | undefined {
    if (text === undefined) return undefined
    if (isSubject(text)) return parseSubject(text)
    this.#ports.dropped('foreign_subject')
    return undefined
  }
}
