import { type BrokerMessage, isSubject, parseSubject, type Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import { failureText } from '../failure-text.js'
import { responseSubject } from '../request-subjects.js'
import type { Exchange, ExchangePorts } from './exchange.js'
import { type GivenUp, givenUp } from './given-up.js'
import { originalReader } from './original-reader.js'
import { OriginalRequests } from './original-requests.js'
import { type OriginalSend, originalSend } from './original-send.js'
import { marked } from './original-topics.js'
import { serversShare, subjectOf, topicOf } from './subjects.js'
import type { Incoming } from './wire.js'

/** Names a request in its topic. Ours are ULIDs, which are shorter. */
const longestId = 64

/**
 * Messages as the original has them, for servers and payloads without a response topic: a question
 * goes to `request/<id>/<topic>` and is answered on `response/<id>/<topic>`. An answer can't carry
 * a mark either: parts go to `response/<id>/_more/<topic>`, and the failure of a request, as JSON,
 * goes to `response/<id>/_error/<topic>`. No subject of a client begins like that.
 */
export class OriginalExchange implements Exchange {
  readonly #ports: ExchangePorts
  readonly #send: OriginalSend
  readonly #contents: ReturnType<typeof originalReader>
  readonly #unawaited: GivenUp
  readonly #requests: OriginalRequests

  constructor(ports: ExchangePorts) {
    this.#ports = ports
    this.#send = originalSend(ports)
    this.#contents = originalReader(ports)
    this.#unawaited = givenUp(ports, topicOf)
    const way = { send: this.#send, contents: this.#contents, unawaited: this.#unawaited }
    this.#requests = new OriginalRequests(ports, way)
  }

  read(packet: Incoming): BrokerMessage | undefined {
    const subject = subjectOf(packet.topic)
    if (subject === undefined) this.#ports.dropped('foreign_subject')
    const read = subject && this.#contents(packet)
    if (!read) return undefined
    const answer = this.#parsed(read.responseSubject)
    return { subject, payload: read.payload, ...(answer && { responseSubject: answer }), ...read.beside }
  }

  serving(): void {
    this.#unawaited.listen()
  }

  servedFilter(topic: string): string {
    return `${this.#ports.wire.server.shares ? `$share/${serversShare}/` : ''}request/+/${topic}`
  }

  question(packet: Incoming, subject: Subject): BrokerMessage | undefined {
    const id = subjectOf(packet.topic.split('/')[1] ?? '')
    if (id === undefined || id.length > longestId) {
      this.#ports.dropped('foreign_subject')
      return undefined
    }
    const read = this.#contents(packet)
    return read && { subject, payload: read.payload, responseSubject: responseSubject(id, subject), ...read.beside }
  }

  async publish(message: BrokerMessage): Promise<void> {
    if (message.responseSubject !== undefined && !this.#ports.form.carriesResponseSubject)
      throw new WildcastError('unsupported', 'MQTT 3.1.1 carries no subject to answer on; use request')
    const topic = topicOf(message.subject)
    if (message.error) return this.#send({ ...message, payload: failureText(message.error) }, marked(topic, '_error'))
    if (message.more) this.#unawaited.check(message.subject)
    return this.#send(message, message.more ? marked(topic, '_more') : topic)
  }

  request(question: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    return this.#requests.request(question, options)
  }

  end(error: WildcastError): void {
    this.#requests.end(error)
  }

  /**
   * A response subject that a foreign publisher wrote; undefined, and counted as dropped, if it is
   * invalid.
   */
  #parsed(text: string | undefined): Subject | undefined {
    if (text === undefined) return undefined
    if (isSubject(text)) return parseSubject(text)
    this.#ports.dropped('foreign_subject')
    return undefined
  }
}
