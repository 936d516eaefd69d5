import { WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { Append, Appended } from '../../../core/history/session-history.js'
import type { RelayView } from '../../../core/relay.js'
import type { Session } from '../../../core/session.js'
import { type ReadBodyOptions, readBody } from '../read-body.js'
import { sentence } from './answers.js'
import { contentTypeOf, payloadsOf } from './content.js'
import { producerOfRequest } from './producer-of-request.js'
import { demandParameters, historyNameOf } from './read-request.js'

/** Headers of the protocol that ask for what is not offered, and why. */
const notOffered: readonly (readonly [name: string, why: string])[] = [
  ['stream-ttl', 'the rule of the configuration limits the age of messages'],
  ['stream-expires-at', 'the rule of the configuration limits the age of messages'],
  ['stream-closed', 'a subject has no end: others may always publish'],
  ['stream-forked-from', 'there are no forks'],
]

/** The longest text of `Stream-Seq`. */
const longestSeq = 256

/** Answers a PUT: declares the content type of a history, and appends its first messages. */
export async function answerDeclare(c: Context, relay: RelayView, session: Session): Promise<Response> {
  refuseNotOffered(c)
  const type = contentTypeOf(c.req.header('content-type'))
  const body = await readBody(c, relay, bodyLimit(relay))
  const payloads = (of: string): Append['payloads'] => payloadsOf(body, of)
  const { kind, history } = await session.history.declare({ ...historyNameOf(c), type, payloads })
  if (kind === 'other type') return otherType(history.type)
  const headers = { 'content-type': history.type, 'stream-next-offset': await history.newest() }
  const { origin, pathname } = new URL(c.req.url)
  return kind === 'new'
    ? c.body(null, 201, { ...headers, location: `${origin}${pathname}` })
    : c.body(null, 200, headers)
}

/** Answers a POST: appends messages. */
export async function answerAppend(c: Context, relay: RelayView, session: Session): Promise<Response> {
  refuseNotOffered(c)
  const producer = producerOfRequest(c)
  const seq = seqOf(c)
  const type = contentTypeOf(c.req.header('content-type'))
  if (type === undefined) throw invalid('send the Content-Type of the history')
  const payloads = payloadsOf(await readBody(c, relay, bodyLimit(relay)), type)
  if (payloads.length === 0) throw invalid('there is nothing to append: send a body')
  const outcome = await session.history.append({ ...historyNameOf(c), type, payloads, seq, producer })
  return answerTo(outcome, producer)
}

function answerTo(outcome: Appended, producer: Append['producer']): Response {
  switch (outcome.kind) {
    case 'appended': {
      const offset = { 'stream-next-offset': outcome.position }
      if (!producer) return new Response(null, { status: 204, headers: offset })
      return new Response(null, { status: 200, headers: { ...offset, ...producerHeaders(producer) } })
    }
    case 'duplicate':
      return new Response(null, { status: 204, headers: producerHeaders(outcome.last) })
    case 'stale':
      return sentence(403, `another instance of the producer has begun epoch ${outcome.epoch}`, {
        'producer-epoch': `${outcome.epoch}`,
      })
    case 'gap':
      return sentence(409, `the writes from ${outcome.expected} on are missing`, {
        'producer-expected-seq': `${outcome.expected}`,
        'producer-received-seq': `${producer?.seq}`,
      })
    case 'late start':
      return sentence(400, 'an epoch begins with Producer-Seq 0')
    case 'old seq':
      return sentence(409, `Stream-Seq must be greater than ${JSON.stringify(outcome.last)}, as texts are compared`)
    case 'other type':
      return otherType(outcome.type)
  }
}

const producerHeaders = ({ epoch, seq }: { readonly epoch: number; readonly seq: number }): Record<string, string> => ({
  'producer-epoch': `${epoch}`,
  'producer-seq': `${seq}`,
})

const otherType = (type: string): Response => sentence(409, `the content type of this history is ${type}`)

/** An array has more bytes than its messages, each of which has the limit of a payload. */
function bodyLimit({ limits }: RelayView): ReadBodyOptions {
  return { maxBytes: 2 * limits.payload, remedy: 'send it in parts' }
}

/**
 * The client of the protocol repeats requests that are answered by 501, so the status is 400.
 * @throws {WildcastError} `invalid_frame`
 */
function refuseNotOffered(c: Context): void {
  demandParameters(c, ['broker', 'ticket'])
  for (const [name, why] of notOffered)
    if (c.req.header(name) !== undefined) throw invalid(`${name} is not offered: ${why}`)
}

/** @throws {WildcastError} `invalid_frame` */
function seqOf(c: Context): string | undefined {
  const seq = c.req.header('stream-seq')
  if (seq === undefined || (seq !== '' && seq.length <= longestSeq)) return seq
  throw invalid(`Stream-Seq takes 1 to ${longestSeq} characters`)
}

function invalid(why: string): WildcastError {
  return new WildcastError('invalid_frame', why)
}
