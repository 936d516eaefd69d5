import { type Message, type Subject, WildcastError } from '@wildcast/protocol'
import type { RequestOptions } from '../../core/broker.js'
import { replies } from '../replies.js'
import { unawaited } from '../unawaited.js'
import type { Address, Addresses } from './addresses.js'
import { type Exchange, type ExchangePorts, finalAnswer, nobodyServes } from './exchange.js'
import { besideIn, headersOf, packetOf, payloadIn } from './packet.js'
import { serversShare, subjectOf, topicOf } from './subjects.js'
import { unawaitedParts } from './unawaited-parts.js'
import type { Incoming } from './wire.js'

/** An answer must bear it, so it is kept; who sends more gets none. */
const longestCorrelation = 1024

/**
 * As MQTT 5 means it: a question is published on the subject itself and bears a response topic and correlation data, and so may any other message. Headers are user
 * properties. Whoever answers here does so on a subject that stands for both, since an answer without its correlation data is none.
 */
export function nativeExchange({ wire, routes, form, clock, newId, addresses, dropped }: ExchangePorts): Exchange {
  const { asked, heard } = addresses
  const waiting = replies(clock)
  const replyTopic = `_reply/${newId()}`
  const parts = unawaitedParts({ wire, routes, topic: `${replyTopic}/parts` })
  let listening: Promise<void> | undefined

  /** The subject to answer a packet on. */
  function answerTo({ properties = {} }: Incoming, known: Addresses | undefined): Subject | undefined {
    const { responseTopic: topic, correlationData } = properties
    if (topic === undefined) return undefined
    const subject = topic[0] === '$' ? undefined : subjectOf(topic)
    if (subject === undefined || (correlationData?.length ?? 0) > longestCorrelation) {
      dropped('foreign_subject')
      return undefined
    }
    if (!known && !correlationData) return subject
    const standIn = `_answer.${newId()}` as Subject
    ;(known ?? heard).set(standIn, { topic, correlationData })
    return standIn
  }

  function message(packet: Incoming, subject: Subject, known?: Addresses): Message | undefined {
    const beside = besideIn(packet)
    if (!beside) {
      dropped('foreign_headers')
      return undefined
    }
    const responseSubject = answerTo(packet, known)
    return { subject, payload: payloadIn(packet), ...(responseSubject && { responseSubject }), ...beside }
  }

  /** Resolves with whether anybody subscribes. */
  function send(message: Message, to: Address, responseTopic?: string): Promise<boolean> {
    const { topic, correlationData } = to
    const beside = { responseTopic, correlationData, headers: headersOf(message, true) }
    return wire.publish(packetOf(topic, form.write(message), beside, wire.server))
  }

  function take(packet: Incoming): void {
    const { correlationData, responseTopic } = packet.properties ?? {}
    const beside = besideIn(packet)
    if (!beside) {
      dropped('foreign_headers')
      return
    }
    if (waiting.take({ subject: addressOf(correlationData?.toString()), payload: payloadIn(packet), ...beside })) return
    dropped('late_answer')
    if (beside.more) parts.tellNobodyWaits(responseTopic)
  }

  function listen(): Promise<void> {
    listening ??= routes.add(replyTopic, take).confirmed.catch((cause) => {
      listening = undefined
      throw cause
    })
    return listening
  }

  async function ask(question: Message, id: string, isOver: () => boolean): Promise<void> {
    await listen()
    if (isOver()) return
    const to = { topic: topicOf(question.subject), correlationData: Buffer.from(id) }
    const anybody = await send(question, to, replyTopic)
    if (!anybody) waiting.fail(addressOf(id), nobodyServes(question.subject, 'is not there'))
  }

  return {
    read(packet) {
      const subject = subjectOf(packet.topic)
      if (subject !== undefined) return message(packet, subject)
      dropped('foreign_subject')
      return undefined
    },
    servedFilter: (topic) => (wire.server.shares ? `$share/${serversShare}/${topic}` : topic),
    question(packet, subject) {
      // Without a response topic it is no question, but what subscribers of the same topic get.
      return packet.properties?.responseTopic === undefined ? undefined : message(packet, subject, asked)
    },
    async publish(said) {
      const { subject, responseSubject } = said
      const standsFor = asked.get(subject) ?? heard.get(subject)
      if (!standsFor && subject.startsWith('_answer.')) {
        dropped('late_answer')
        if (said.more) throw unawaited()
        return
      }
      if (said.more && standsFor) {
        parts.check(subject)
        if (!(await send(said, standsFor, parts.topicFor(subject)))) throw unawaited()
        return
      }
      const to = standsFor ?? { topic: topicOf(subject), correlationData: undefined }
      await send(said, to, responseSubject && topicOf(responseSubject))
      if (!said.more) asked.delete(subject)
    },
    async request(question, options: RequestOptions) {
      const id = newId()
      let over = false
      const answer = finalAnswer(waiting.wait(addressOf(id), options)).finally(() => {
        over = true
      })
      ask(question, id, () => over).catch((cause) => waiting.fail(addressOf(id), WildcastError.from(cause)))
      return answer
    },
    end: (error) => waiting.failAll(error),
  }
}

/** Where a request waits for its answer. */
function addressOf(id: string | undefined): Subject {
  return `_reply.${id}` as Subject
}
