import type { BrokerMessage, Subject } from '@wildcast/protocol'
import { mqttTopics } from '../../names/mqtt-topics.js'
import type { Addresses } from './addresses.js'
import type { ExchangePorts } from './exchange.js'
import { packetFacts } from './facts.js'
import { payloadIn, propertiesIn } from './packet.js'
import type { Incoming } from './wire.js'

/**
 * The limit of correlation data, which is kept for the answer. Longer data makes a request invalid.
 */
const longestCorrelation = 1024

type ReaderPorts = Pick<ExchangePorts, 'addresses' | 'dropped' | 'newId' | 'clock'>

/** Reads the messages of MQTT 5, and keeps the addresses of their answers. */
export class NativeReader {
  readonly #addresses: ReaderPorts['addresses']
  readonly #dropped: ReaderPorts['dropped']
  readonly #newId: ReaderPorts['newId']
  readonly #clock: ReaderPorts['clock']

  constructor({ addresses, dropped, newId, clock }: ReaderPorts) {
    this.#addresses = addresses
    this.#dropped = dropped
    this.#newId = newId
    this.#clock = clock
  }

  /** Reads a message for subscribers. Returns undefined if its headers exceed the limits. */
  message(packet: Incoming, subject: Subject): BrokerMessage | undefined {
    return this.#read(packet, subject, undefined)
  }

  /** Reads a request for a responder. The address of its answer is always kept. */
  request(packet: Incoming, subject: Subject): BrokerMessage | undefined {
    return this.#read(packet, subject, this.#addresses.requests)
  }

  #read(packet: Incoming, subject: Subject, kept: Addresses | undefined): BrokerMessage | undefined {
    const properties = propertiesIn(packet)
    if (!properties) {
      this.#dropped('foreign_headers')
      return undefined
    }
    const responseSubject = this.#answerSubject(packet, kept)
    const answered = responseSubject && { responseSubject }
    return { subject, payload: payloadIn(packet), ...answered, ...properties, ...packetFacts(packet, this.#clock) }
  }

  /**
   * Returns the subject for the answer to a packet. If the packet has correlation data, which the
   * answer must carry, the subject stands for both the topic and the data.
   */
  #answerSubject({ properties = {} }: Incoming, kept: Addresses | undefined): Subject | undefined {
    const { responseTopic: topic, correlationData } = properties
    if (topic === undefined) return undefined
    const subject = topic[0] === '$' ? undefined : mqttTopics.subjectOf(topic)
    if (subject === undefined || (correlationData?.length ?? 0) > longestCorrelation) {
      this.#dropped('foreign_subject')
      return undefined
    }
    if (!kept && !correlationData) return subject
    const standIn = `_answer.${this.#newId()}` as Subject
    ;(kept ?? this.#addresses.messages).set(standIn, { topic, correlationData })
    return standIn
  }
}
