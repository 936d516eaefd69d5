import type { BrokerMessage, Subject } from '@wildcast/protocol'
import type { Addresses } from './addresses.js'
import type { ExchangePorts } from './exchange.js'
import { besideIn, payloadIn } from './packet.js'
import { subjectOf } from './subjects.js'
import type { Incoming } from './wire.js'

/** An answer must carry it, so it is kept; a request with a longer one can't be answered. */
const longestCorrelation = 1024

type ReaderPorts = Pick<ExchangePorts, 'addresses' | 'dropped' | 'newId'>

/** Reads the messages of MQTT 5, and keeps the addresses that they are to be answered on. */
export class NativeReader {
  readonly #addresses: ReaderPorts['addresses']
  readonly #dropped: ReaderPorts['dropped']
  readonly #newId: ReaderPorts['newId']

  constructor({ addresses, dropped, newId }: ReaderPorts) {
    this.#addresses = addresses
    this.#dropped = dropped
    this.#newId = newId
  }

  /** The message of a packet on one of our subjects; undefined if it can't be one. */
  message(packet: Incoming, subject: Subject): BrokerMessage | undefined {
    return this.#read(packet, subject, undefined)
  }

  /** The same for a server's subject: the address of the answer is remembered in any case. */
  question(packet: Incoming, subject: Subject): BrokerMessage | undefined {
    return this.#read(packet, subject, this.#addresses.asked)
  }

  #read(packet: Incoming, subject: Subject, asked: Addresses | undefined): BrokerMessage | undefined {
    const beside = besideIn(packet)
    if (!beside) {
      this.#dropped('foreign_headers')
      return undefined
    }
    const responseSubject = this.#answerSubject(packet, asked)
    return { subject, payload: payloadIn(packet), ...(responseSubject && { responseSubject }), ...beside }
  }

  /**
   * The subject to answer a packet on. An answer needs the correlation data, so where there is
   * some, the subject stands for both the topic and the data.
   */
  #answerSubject({ properties = {} }: Incoming, asked: Addresses | undefined): Subject | undefined {
    const { responseTopic: topic, correlationData } = properties
    if (topic === undefined) return undefined
    const subject = topic[0] === '$' ? undefined : subjectOf(topic)
    if (subject === undefined || (correlationData?.length ?? 0) > longestCorrelation) {
      this.#dropped('foreign_subject')
      return undefined
    }
    if (!asked && !correlationData) return subject
    const standIn = `_answer.${this.#newId()}` as Subject
    ;(asked ?? this.#addresses.heard).set(standIn, { topic, correlationData })
    return standIn
  }
}
