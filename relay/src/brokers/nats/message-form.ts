import { type BrokerMessage, payloadSize, WildcastError } from '@wildcast/protocol'
import { headers, type Msg, type MsgHdrs } from 'nats'
import type { Dropped } from '../../core/broker.js'
import { headersIn, headersOut } from '../foreign/headers.js'
import { natsHeadersFrom, natsHeadersOf } from './headers.js'
import { names } from './subjects.js'

/** A message as it is sent. */
export interface NatsPublish {
  readonly headers?: MsgHdrs
  /** Bytes of headers and payload together, which the server's limit counts. */
  readonly size: number
}

const noResponders = 503

/**
 * What goes beside the payload. @throws {WildcastError} `unsupported` where the server has no
 * headers
 */
export function outgoing(message: BrokerMessage, serverHasHeaders: boolean | undefined): NatsPublish {
  const carried = headersOut(message)
  if (carried.length === 0) return { size: payloadSize(message.payload) }
  if (!serverHasHeaders) throw new WildcastError('unsupported', noHeaders)
  const { written, size } = natsHeadersFrom(carried)
  return { headers: written, size: size + payloadSize(message.payload) }
}

export const noHeaders = 'this NATS server carries no headers; switch them on there'

/** What a server says that has nobody for a question. */
export function isNoResponders(msg: Msg): boolean {
  if (msg.data.length > 0) return false
  const headers = natsHeadersOf(msg)
  return typeof headers === 'object' && headers.status === noResponders
}

/** The same, said by us of a server that left. */
export function noRespondersHeaders(): MsgHdrs {
  return headers(noResponders, 'No Responders')
}

/**
 * A message that came, or why it is none of ours. A reply address that is none of our subjects is
 * left out, and told.
 */
export function incoming(msg: Msg, dropped: (why: Dropped) => void): BrokerMessage | undefined {
  const subject = names.subjectOf(msg.subject)
  if (subject === undefined) {
    dropped('foreign_subject')
    return undefined
  }
  const beside = besideOf(msg)
  if (typeof beside === 'string') {
    dropped(beside)
    return undefined
  }
  const responseSubject = msg.reply ? names.subjectOf(msg.reply) : undefined
  if (msg.reply && responseSubject === undefined) dropped('foreign_subject')
  return { subject, payload: msg.data, ...(responseSubject === undefined ? {} : { responseSubject }), ...beside }
}

/** What stands beside the payload, or why the message is not delivered. */
function besideOf(msg: Msg): Partial<BrokerMessage> | Dropped {
  const headers = natsHeadersOf(msg)
  if (headers === undefined) return {}
  if (headers === 'unreadable') return 'foreign_message'
  if (headers === 'too_many') return 'foreign_headers'
  // That nobody answers concerns who asked, not who listens.
  if (headers.status === noResponders && msg.data.length === 0) return 'foreign_message'
  return headersIn(headers.entries) ?? 'foreign_headers'
}
