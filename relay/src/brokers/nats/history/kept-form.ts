import { type BrokerMessage, type Headers, WildcastError } from '@wildcast/protocol'
import type { Msg } from 'nats'
import { userOf } from '../../../stores/change.js'
import { headersIn, headersOut } from '../../foreign/headers.js'
import { factHeaders, factsIn, type MessageFacts, mostFactHeaders } from '../fact-headers.js'
import { headerBlock, longestAdded, natsHeadersOf } from '../headers.js'
import { userHeaders, userIn } from '../values/copy-form.js'

/** JetStream's own headers: they are from the server, or instructions to it. */
const forServer = /^nats-/i

/** The headers that JetStream adds, and the user, do not count against the limits of clients. */
const addedHeaders: number = 8 + mostFactHeaders

type KeptFields = Pick<BrokerMessage, 'headers' | 'user' | keyof MessageFacts>

const seqHeader = '\r\nNats-Sequence:'

/**
 * Returns the headers of a message that is to be kept.
 * @throws {WildcastError} `unsupported` if JetStream would take one as an instruction: so a client
 * could make a message of another one look like a repeat
 */
export function keptHeaders(message: BrokerMessage): Headers {
  const instruction = message.headers?.find(([name]) => forServer.test(name))?.[0]
  if (instruction !== undefined)
    throw new WildcastError(
      'unsupported',
      `"${instruction}" is an instruction to JetStream, which keeps what is published here; rename the header`,
    )
  return [...headersOut(message), ...factHeaders(message), ...userHeaders(userOf(message))]
}

/**
 * Returns the number of a message that the server has published again; undefined if the message is
 * not the server's. Its own headers follow those of the publisher, which may be unreadable.
 */
export function republishedSeq(msg: Msg): number | undefined {
  const block = headerBlock(msg)
  const text = block ? Buffer.from(block.subarray(-longestAdded)).toString('latin1') : ''
  const at = text.lastIndexOf(seqHeader)
  const seq = Number.parseInt(text.slice(at + seqHeader.length), 10)
  return at < 0 || Number.isNaN(seq) ? undefined : seq
}

/**
 * Returns the fields that the headers of a kept message stand for. Returns undefined if clients
 * can't be sent it: a program without Wildcast may have published it.
 */
export function keptFields(msg: Msg): KeptFields | undefined {
  const read = natsHeadersOf(msg, addedHeaders)
  if (read === undefined) return {}
  if (typeof read === 'string') return undefined
  return fieldsOf(read.entries)
}

/** Does the same with headers that are read already. */
export function fieldsOf(entries: Headers): KeptFields | undefined {
  const user = userIn(entries)
  const { headers, facts } = factsIn(entries)
  const sent = headersIn(headers.filter(([name]) => !forServer.test(name) && !/^wildcast\//i.test(name)))
  return sent && { ...(sent.headers && { headers: sent.headers }), ...facts, ...(user !== undefined && { user }) }
}
