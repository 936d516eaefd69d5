import { type Failure, isSubject, type Message, parseSubject, type Subject, WildcastError } from '@wildcast/protocol'
import type { RequestOptions } from '../../core/broker.js'
import { failureOfText, failureText } from '../failure-text.js'
import { replies } from '../replies.js'
import { requestSubject, responseSubject } from '../request-subjects.js'
import { type Exchange, type ExchangePorts, finalAnswer } from './exchange.js'
import type { Contents } from './form.js'
import { givenUp } from './given-up.js'
import { besideIn, headersOf, packetOf, payloadIn } from './packet.js'
import { checkLevels, levelsBefore, serversShare, subjectOf, topicOf } from './subjects.js'
import type { Incoming } from './wire.js'

/** What names a request in its topic; ours are ULIDs. */
const longestId = 64

/**
 * As the original does it, on servers and in payloads that know no response topic: a question goes to `request/<id>/<topic>` and is answered on
 * `response/<id>/<topic>`. An answer can bear no mark either: those before the last go to `response/<id>/_more/<topic>`, and the failure of a request, as JSON, to
 * `response/<id>/_error/<topic>`. No subject of a client begins like that.
 */
export function originalExchange(ports: ExchangePorts): Exchange {
  const { wire, routes, form, clock, newId, maxPayload, dropped } = ports
  const waiting = replies(clock)
  const unawaited = givenUp({ wire, routes }, topicOf)

  function contents(packet: Incoming): (Contents & { readonly beside: Partial<Message> }) | undefined {
    // To open an envelope takes far more memory than it has bytes.
    if (packet.payload.length > form.longest(maxPayload)) {
      dropped('too_large')
      return undefined
    }
    const beside = besideIn(packet)
    const read = beside && form.read(payloadIn(packet))
    if (!read) dropped(beside ? 'foreign_message' : 'foreign_headers')
    return read && { ...read, beside }
  }

  /** A subject that a stranger wrote. */
  function parsed(text: string | undefined): Subject | undefined {
    if (text === undefined) return undefined
    if (isSubject(text)) return parseSubject(text)
    dropped('foreign_subject')
    return undefined
  }

  async function send(message: Message, topic: string): Promise<void> {
    const headers = headersOf(message, false)
    await wire.publish(packetOf(topic, form.write(message), { headers }, wire.server))
  }

  function take(packet: Incoming, id: string, topic: string, subject: Subject): void {
    const mark = markOf(packet.topic, id, topic)
    if (mark === undefined) {
      dropped('foreign_subject')
      return
    }
    const read = contents(packet)
    const error = read && mark === '_error' ? failureIn(read) : undefined
    if (!read || (mark === '_error' && !error)) return
    const { payload, beside } = read
    const marks = { ...(mark === '_more' ? { more: true } : {}), ...(error ? { error } : {}) }
    if (!waiting.take({ subject, payload, ...beside, ...marks })) dropped('late_answer')
  }

  function failureIn(read: Contents): Failure | undefined {
    const failure = failureOfText(read.payload)
    if (!failure) dropped('foreign_message')
    return failure
  }

  return {
    read(packet) {
      const subject = subjectOf(packet.topic)
      if (subject === undefined) dropped('foreign_subject')
      const read = subject && contents(packet)
      if (!read) return undefined
      const answer = parsed(read.responseSubject)
      return { subject, payload: read.payload, ...(answer && { responseSubject: answer }), ...read.beside }
    },
    serving: unawaited.listen,
    servedFilter: (topic) => `${wire.server.shares ? `$share/${serversShare}/` : ''}request/+/${topic}`,
    question(packet, subject) {
      const id = subjectOf(packet.topic.split('/')[1] ?? '')
      if (id === undefined || id.length > longestId) {
        dropped('foreign_subject')
        return undefined
      }
      const read = contents(packet)
      return read && { subject, payload: read.payload, responseSubject: responseSubject(id, subject), ...read.beside }
    },
    async publish(message) {
      if (message.responseSubject !== undefined && !form.carriesResponseSubject)
        throw new WildcastError('unsupported', 'MQTT 3.1.1 carries no subject to answer on; use request')
      const topic = topicOf(message.subject)
      if (message.error) return send({ ...message, payload: failureText(message.error) }, marked(topic, '_error'))
      if (message.more) unawaited.check(message.subject)
      return send(message, message.more ? marked(topic, '_more') : topic)
    },
    async request(question, options: RequestOptions) {
      const id = newId()
      const subject = question.subject as Subject
      const [topic, awaited] = [checkLevels(topicOf(subject), levelsBefore), responseSubject(id, subject)]
      let over = false
      const answered = waiting.wait(awaited, options)
      const answer = finalAnswer(answered)
      const route = routes.add(`response/${id}/#`, (packet) => take(packet, id, topic, awaited))
      route.confirmed
        .then(() => {
          if (over) return
          answered.catch(() => unawaited.tell(awaited))
          const asked = { ...question, subject: requestSubject(id, subject), responseSubject: awaited }
          return send(asked, `request/${id}/${topic}`)
        })
        .catch((cause) => waiting.fail(awaited, WildcastError.from(cause)))
      return answer.finally(() => {
        over = true
        void route.end()
      })
    },
    end: (error) => waiting.failAll(error),
  }
}

type Mark = '_more' | '_error' | ''

/** Undefined where the topic is none of the answers to this request. */
function markOf(topic: string, id: string, asked: string): Mark | undefined {
  const rest = topic.slice(`response/${id}/`.length)
  return (['', '_more', '_error'] as const).find((mark) => rest === (mark ? `${mark}/${asked}` : asked))
}

/** The topic of an answer that bears a mark. */
function marked(topic: string, mark: Mark): string {
  const [, id, asked] = /^response\/([^/]*)\/(.*)$/s.exec(topic) ?? []
  if (asked === undefined)
    throw new WildcastError('unsupported', 'MQTT 3.1.1 has parts and failures only in answers to a request')
  return `response/${id}/${mark}/${asked}`
}
