import type { BrokerMessage, Subject, WildcastError } from '@wildcast/protocol'
import type { BrokerRequestOptions } from '../../core/broker.js'
import { mqttTopics } from '../../names/mqtt-topics.js'
import { unawaited } from '../unawaited.js'
import type { Exchange, ExchangePorts } from './exchange.js'
import { NativeReader } from './native-reader.js'
import { NativeRequests } from './native-requests.js'
import { type NativeSend, nativeSend } from './native-send.js'
import { respondersShare, topicOf } from './subjects.js'
import { type MqttUnawaitedParts, unawaitedParts } from './unawaited-parts.js'
import type { Incoming } from './wire.js'

/**
 * Exchanges messages in the form of MQTT 5. A request is published on its own topic with a response
 * topic and correlation data, which other messages may have, too. Headers are user properties.
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
    const subject = mqttTopics.subjectOf(packet.topic)
    if (subject !== undefined) return this.#reader.message(packet, subject)
    this.#ports.dropped('foreign_subject')
    return undefined
  }

  servedFilter(topic: string): string {
    return this.#ports.wire.server.shares ? `$share/${respondersShare}/${topic}` : topic
  }

  readRequest(packet: Incoming, subject: Subject): BrokerMessage | undefined {
    // Without a response topic it is a publish, which is for subscribers of the topic.
    return packet.properties?.responseTopic === undefined ? undefined : this.#reader.request(packet, subject)
  }

  async publish(message: BrokerMessage): Promise<void> {
    const { subject, responseSubject, more } = message
    const { requests, messages } = this.#ports.addresses
    const address = requests.get(subject) ?? messages.get(subject)
    if (!address && subject.startsWith('_answer.')) {
      this.#ports.dropped('late_answer')
      if (more) throw unawaited()
      return
    }
    if (more && address) {
      this.#parts.check(subject)
      if (!(await this.#send(message, address, this.#parts.topicFor(subject)))) throw unawaited()
      return
    }
    const to = address ?? { topic: topicOf(subject), correlationData: undefined }
    await this.#send(message, to, responseSubject && topicOf(responseSubject))
    if (!more) requests.delete(subject)
  }

  request(message: BrokerMessage, options: BrokerRequestOptions): Promise<BrokerMessage> {
    return this.#requests.request(message, options)
  }

  end(error: WildcastError): void {
    this.#requests.end(error)
  }
}
