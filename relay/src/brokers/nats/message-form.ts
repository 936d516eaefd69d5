import { type BrokerMessage, payloadSize, WildcastError } from '@wildcast/protocol'
import { headers, type Msg, type MsgHdrs } from 'nats'
import type { Dropped } from '../../core/broker.js'
import { headersIn, headersOut } from '../foreign/headers.js'
import { factHeaders, factsIn, mostFactHeaders } from './fact-headers.js'
import { natsHeadersFrom, natsHeadersOf } from './headers.js'
import { names } from './subjects.js'
import { copyFields, copyHeaders } from './values/copy-form.js'
import { withoutKey } from './values/key-headers.js'

/** The headers of a message that is sent, and its size. */
export interface NatsPublish {
  readonly headers?: MsgHdrs
  /** Bytes of headers and payload, which count against the server's limit. */
  readonly size: number
}

const noResponders = 503

/** @throws {WildcastError} `unsupported` if the message needs headers and the server has none */
export function outgoing(message: BrokerMessage, serverHasHeaders: boolean | undefined): NatsPublish {
  const carried = [...headersOut(message), ...factHeaders(message), ...copyHeaders(message)]
  if (carried.length === 0) return { size: payloadSize(message.payload) }
  if (!serverHasHeaders) throw new WildcastError('unsupported', noHeaders)
  const { written, size } = natsHeadersFrom(carried)
  return { headers: written, size: size + payloadSize(message.payload) }
}

export const noHeaders = 'this NATS server carries no headers; switch them on there'

/** Whether a message is the server's reply to a request without a subscriber. */
export function isNoResponders(msg: Msg): boolean {
  if (msg.data.length > 0) return false
  const headers = natsHeadersOf(msg)
  return typeof headers === 'object' && headers.status === noResponders
}

/** Returns the headers of that reply, for a responder that has left. */
export function noRespondersHeaders(): MsgHdrs {
  return headers(noResponders, 'No Responders')
}

/**
 * Reads a message. Returns undefined and reports the reason if it can't be delivered. A reply
 * subject that is not a valid subject is dropped and reported.
 */
export function incoming(msg: Msg, dropped: (why: Dropped) => void): BrokerMessage | undefined {
  const subject = names.subjectOf(msg.subject)
  if (subject === undefined) {
    dropped('foreign_subject')
    return undefined
  }
  const properties = propertiesOf(msg)
  if (typeof properties === 'string') {
    dropped(properties)
    return undefined
  }
  const responseSubject = msg.reply ? names.subjectOf(msg.reply) : undefined
  if (msg.reply && responseSubject === undefined) dropped('foreign_subject')
  return { subject, payload: msg.data, ...(responseSubject === undefined ? {} : { responseSubject }), ...properties }
}

/** Reads the headers of a message. Returns the reason if the message can't be delivered. */
function propertiesOf(msg: Msg): Partial<BrokerMessage> | Dropped {
  const headers = natsHeadersOf(msg, mostFactHeaders)
  if (headers === undefined) return {}
  if (headers === 'unreadable') return 'foreign_message'
  if (headers === 'too_many') return 'foreign_headers'
  // A "no responders" reply is for the requester, not for subscribers.
  if (headers.status === noResponders && msg.data.length === 0) return 'foreign_message'
  const { headers: sent, facts } = factsIn(withoutKey(headers.entries))
  const read = headersIn(sent)
  return read ? { ...read, ...facts, ...copyFields(headers.entries) } : 'foreign_headers'
}
