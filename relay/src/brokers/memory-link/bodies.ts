import { Decoder, Encoder } from '@msgpack/msgpack'
import {
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

/** A string payload stays a string, and bytes stay bytes. */
type MessageBody = readonly [
  subject: Pattern,
  payload: Payload,
  responseSubject?: Subject | null | undefined,
  headers?: Headers | null | undefined,
  more?: boolean | null | undefined,
  error?: Failure | null | undefined,
]

export const noBody: Uint8Array = new Uint8Array()

export function messageBody(message: BrokerMessage): Uint8Array {
  return encoder.encode(written(message))
}

export function readMessage(body: Uint8Array): BrokerMessage {
  return read(decoder.decode(body) as MessageBody)
}

export function requestBody(message: BrokerMessage, timeoutMs: number): Uint8Array {
  return encoder.encode([timeoutMs, written(message)])
}

export function readRequest(body: Uint8Array): { readonly timeoutMs: number; readonly message: BrokerMessage } {
  const [timeoutMs, message] = decoder.decode(body) as [number, MessageBody]
  return { timeoutMs, message: read(message) }
}

export function interestBody({ pattern, group, serve }: Interest): Uint8Array {
  return encoder.encode([pattern, group, serve])
}

export function readInterest(body: Uint8Array): Interest {
  const [pattern, group, serve] = decoder.decode(body) as [Pattern, string | null, boolean | null]
  return { pattern, group: group ?? undefined, serve: serve ?? undefined }
}

export function numberBody(number: number): Uint8Array {
  return encoder.encode(number)
}

export function readNumber(body: Uint8Array): number {
  return decoder.decode(body) as number
}

export function failureBody(cause: unknown): Uint8Array {
  const { code, message } = WildcastError.from(cause)
  return encoder.encode([code, message])
}

export function readFailure(body: Uint8Array): WildcastError {
  const [code, message] = decoder.decode(body) as [ErrorCode, string]
  return new WildcastError(code, message)
}

/** Omits absent fields: most messages are a subject and a payload. */
function written({ subject, payload, responseSubject, headers, more, error }: BrokerMessage): MessageBody {
  if (responseSubject === undefined && !headers && !more && !error) return [subject, payload]
  return [subject, payload, responseSubject, headers, more, error]
}

function read([subject, payload, responseSubject, headers, more, error]: MessageBody): BrokerMessage {
  if (responseSubject === undefined) return { subject, payload }
  return {
    subject,
    payload,
    responseSubject: responseSubject ?? undefined,
    headers: headers ?? undefined,
    more: more ?? undefined,
    error: error ?? undefined,
  }
}
