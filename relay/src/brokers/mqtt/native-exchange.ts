import type { BrokerMessage, Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import { unawaited } from '../unawaited.js'
import type { Exchange, ExchangePorts } from './exchange.js'
import { NativeReader } from './native-reader.js'
import { NativeRequests } from './native-requests.js'
import { type NativeSend, nativeSend } from './native-send.js'
import { serversShare, subjectOf, topicOf } from './subjects.js'
import { type MqttUnawaitedParts, unawaitedParts } from './unawaited-parts.js'
import type { Incoming } from './wire.js'

/**
 * Messages as MQTT 5 has them: a question is published on the subject itself and carries a response
 * topic and correlation data, as any other message may; headers are user properties.
 */
export class NativeExchange implements Exchange {
  readonly #ports: ExchangePorts
  readonly #send: NativeSend
  readonly #reader: NativeReader
  readonly #parts: MqttUnawaitedParts
  readonly #requests: NativeRequests

  constructor(ports: ExchangePorts) {
    const { wire, routes, newId } = ports
    const replyTopic = `_reply/${newId()}`
    this.#ports = ports
    this.#send = nativeSend(ports)
    this.#reader = new NativeReader(ports)
    this.#parts = unawaitedParts({ wire, routes, topic: `${replyTopic}/parts` })
    this.#requests = new NativeRequests(ports, { send: this.#send, parts: this.#parts, replyTopic })
  }

  read(packet: Incoming): BrokerMessage | undefined {
    const subject = subjectOf(packet.topic)
    if (subject !== undefined) return this.#reader.message(packet, subject)
    this.#ports.dropped('foreign_subject')
    return undefined
  }

  servedFilter(topic: string): string {
    return this.#ports.wire.server.shares ? `$share/${serversShare}/${topic}` : topic
  }

  question(packet: Incoming, subject: Subject): BrokerMessage | undefined {
    // Without a response topic it is no question, but what subscribers of the same topic get.
    return packet.properties?.responseTopic === undefined ? undefined : this.#reader.question(packet, subject)
  }

  async publish(message: BrokerMessage): Promise<void> {
    const { subject, responseSubject, more } = message
    const { asked, heard } = this.#ports.addresses
    const standsFor = asked.get(subject) ?? heard.get(subject)
    if (!standsFor && subject.startsWith('_answer.')) {
      this.#ports.dropped('late_answer')
      if (more) throw unawaited()
      return
    }
    if (more && standsFor) {
      this.#parts.check(subject)
      if (!(await this.#send(message, standsFor, this.#parts.topicFor(subject)))) throw unawaited()
      return
    }
    const to = standsFor ?? { topic: topicOf(subject), correlationData: undefined }
    await this.#send(message, to, responseSubject && topicOf(responseSubject))
    if (!more) asked.delete(subject)
  }

  request(question: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    return this.#requests.request(question, options)
  }

  end(error: WildcastError): void {
    this.#requests.end(error)
  }
}
