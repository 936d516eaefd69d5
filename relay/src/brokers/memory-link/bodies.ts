import { Decoder, Encoder } from '@msgpack/msgpack'
import {
  type Beside,
  type BrokerMessage,
  type ErrorCode,
  type Failure,
  type Headers,
  type Pattern,
  type Payload,
  type Subject,
  WildcastError,
} from '@wildcast/protocol'
import type { Interest } from '../../core/broker.js'

// The bodies of frames, in MessagePack. Both ends run the same version, so nothing is validated.

const encoder = new Encoder()
const decoder = new Decoder()

/** Encodes a body. */
export const encode = (value: unknown): Uint8Array => encoder.encode(value)

/** Decodes a body. Its form depends on the kind of its frame. */
export const decode = (body: Uint8Array): unknown => decoder.decode(body)

/** A string payload stays a string, and bytes stay bytes. */
export type MessageBody = readonly [
  subject: Pattern,
  payload: Payload,
  responseSubject?: Subject | null | undefined,
  headers?: Headers | null | undefined,
  more?: boolean | null | undefined,
  error?: Failure | null | undefined,
  revision?: string | null | undefined,
  deleted?: true | null | undefined,
  user?: string | null | undefined,
  position?: string | null | undefined,
  facts?: FactsBody | undefined,
]

/** Fields that few messages have. */
type FactsBody = readonly [
  beside: BesideBody | null,
  qos: 1 | 2 | null,
  expiresAt: number | null,
  retain: boolean,
  expired: boolean,
]

type BesideBody = readonly [contentType: string | null, correlation: Uint8Array | null, format: number | null]

export const noBody: Uint8Array = new Uint8Array()

export function messageBody(message: BrokerMessage): Uint8Array {
  return encode(written(message))
}

export function readMessage(body: Uint8Array): BrokerMessage {
  return read(decode(body) as MessageBody)
}

export function requestBody(message: BrokerMessage, timeoutMs: number): Uint8Array {
  return encode([timeoutMs, written(message)])
}

export function readRequest(body: Uint8Array): { readonly timeoutMs: number; readonly message: BrokerMessage } {
  const [timeoutMs, message] = decode(body) as [number, MessageBody]
  return { timeoutMs, message: read(message) }
}

export function interestBody({ pattern, group, serve, answers }: Interest): Uint8Array {
  return encode([pattern, group, serve, answers])
}

export function readInterest(body: Uint8Array): Interest {
  const [pattern, group, serve, answers] = decode(body) as [Pattern, string | null, boolean | null, boolean | null]
  return { pattern, group: group ?? undefined, serve: serve ?? undefined, answers: answers ?? undefined }
}

export function numberBody(number: number): Uint8Array {
  return encode(number)
}

export function readNumber(body: Uint8Array): number {
  return decode(body) as number
}

export function failureBody(cause: unknown): Uint8Array {
  const { code, message } = WildcastError.from(cause)
  return encode([code, message])
}

export function readFailure(body: Uint8Array): WildcastError {
  const [code, message] = decode(body) as [ErrorCode, string]
  return new WildcastError(code, message)
}

/** Omits absent fields: most messages are a subject and a payload. */
export function written(message: BrokerMessage): MessageBody {
  const { subject, payload, responseSubject, headers, more, error, revision, deleted, user, position } = message
  const facts = factsOf(message)
  if (facts) return [subject, payload, responseSubject, headers, more, error, revision, deleted, user, position, facts]
  if (revision !== undefined || user !== undefined || position !== undefined)
    return [subject, payload, responseSubject, headers, more, error, revision, deleted, user, position]
  if (responseSubject === undefined && !headers && !more && !error) return [subject, payload]
  return [subject, payload, responseSubject, headers, more, error]
}

export function read(body: MessageBody): BrokerMessage {
  const [subject, payload, responseSubject, headers, more, error, revision, deleted, user, position, facts] = body
  if (responseSubject === undefined) return { subject, payload }
  const message: BrokerMessage = {
    subject,
    payload,
    responseSubject: responseSubject ?? undefined,
    headers: headers ?? undefined,
    more: more ?? undefined,
    error: error ?? undefined,
  }
  if (revision === undefined) return message
  return {
    ...message,
    revision: revision ?? undefined,
    deleted: deleted ?? undefined,
    user: user ?? undefined,
    position: position ?? undefined,
    ...(facts && readFacts(facts)),
  }
}

/** The form of what a publisher states about a payload. */
export function besideForm(beside: Beside | undefined): BesideBody | null {
  return beside ? [beside.contentType ?? null, beside.correlation ?? null, beside.format ?? null] : null
}

/** Reads that form. */
export function readBeside(body: BesideBody | null | undefined): Beside | undefined {
  if (!body) return undefined
  const [contentType, correlation, format] = body
  return {
    contentType: contentType ?? undefined,
    correlation: correlation ? new Uint8Array(correlation) : undefined, // it shares the buffer of the body
    format: format ?? undefined,
  }
}

function factsOf({ beside, qos, expiresAt, retain, expired }: BrokerMessage): FactsBody | undefined {
  if (!(beside || qos || expiresAt !== undefined || retain || expired)) return undefined
  return [besideForm(beside), qos ?? null, expiresAt ?? null, retain === true, expired === true]
}

function readFacts([beside, qos, expiresAt, retain, expired]: FactsBody): Partial<BrokerMessage> {
  return {
    beside: readBeside(beside),
    qos: qos ?? undefined,
    expiresAt: expiresAt ?? undefined,
    ...(retain && { retain }),
    ...(expired && { expired }),
  }
}
