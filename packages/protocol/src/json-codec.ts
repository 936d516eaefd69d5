import { encodeBase64 } from './base64.js'
import type { Codec, RawFrame } from './codec.js'
import { WildcastError } from './errors.js'
import type { Frame, MessageFrame } from './frame.js'
import { bodyOf, carriesPayload, isBare, isKept, type PayloadFrame } from './frame-body.js'
import { toHeaderObject } from './header-list.js'
import { parseJson } from './json.js'
import { lines } from './lines.js'
import { payloadBytes, payloadText } from './message.js'
import { refInJson } from './ref-in-json.js'
import { untag } from './tagged.js'
import { tooLargeBatch } from './too-large-batch.js'
import { utf8Length } from './utf8-length.js'

const lineFeed = 0x0a

/** Frames as JSON text. A payload is `message` if it is UTF-8, else base64 in `bytes`. */
export const jsonCodec: Codec = {
  name: 'json',
  subprotocol: 'wildcast.v1+json',
  encode,
  decode,
  batches: { ...lines, split },
  refOf: (data) => (typeof data === 'string' ? refInJson(data) : undefined),
}

function split(data: string | Uint8Array, maxBytes: number = Number.POSITIVE_INFINITY): Iterable<string | Uint8Array> {
  if (typeof data !== 'string') return [data] // which `decode` refuses
  // A UTF-16 unit takes from 1 to 3 bytes, so few texts need a count.
  const isLonger = data.length > maxBytes || (data.length * 3 > maxBytes && utf8Length(data) > maxBytes)
  return isLonger ? onlyLine(data, maxBytes) : lines.split(data)
}

/**
 * Returns the only non-empty line of a text. Throws if there are several, without splitting what
 * may be millions of lines.
 */
function onlyLine(data: string, maxBytes: number): readonly string[] {
  const start = skipLineFeeds(data, 0)
  if (start === data.length) return []
  const end = data.indexOf('\n', start)
  if (end < 0) return [data.slice(start)]
  if (skipLineFeeds(data, end) < data.length) throw tooLargeBatch(maxBytes)
  return [data.slice(start, end)]
}

/** Index of the first character from `start` on that is not a line feed. */
function skipLineFeeds(data: string, start: number): number {
  let at = start
  while (data.charCodeAt(at) === lineFeed) at++
  return at
}

function encode(frame: Frame): string {
  if (frame.kind === 'Message') return encodeMessage(frame)
  if (isBare(frame)) return `"${frame.kind}"`
  const body = bodyOf(frame)
  return JSON.stringify({ [frame.kind]: carriesPayload(frame) ? withPayload(frame, body) : body })
}

/**
 * Hand-written, since a relay writes little else: `JSON.stringify` of a new object takes three
 * times as long.
 */
function encodeMessage(frame: MessageFrame): string {
  const { id, subject, message, broker, response_subject, headers } = frame
  const text = payloadText(message)
  const payload = text === undefined ? `"bytes":"${encodeBase64(payloadBytes(message))}"` : `"message":${quote(text)}`
  const answers = response_subject === undefined ? '' : `,"response_subject":${quote(response_subject)}`
  const more = headers ? `,"headers":${JSON.stringify(toHeaderObject(headers))}` : ''
  const kept = isKept(frame) ? keptFields(frame) : ''
  const key = id === undefined ? '' : `"id":${id},`
  return `{"Message":{${key}"subject":${quote(subject)},${payload},"broker":${quote(broker)}${answers}${more}${kept}}}`
}

/** The fields of a message that the broker keeps, after the others. */
function keptFields(frame: MessageFrame): string {
  const { revision, deleted, user, ref, retained, position, replayed, left } = frame
  const fields = [
    revision === undefined ? '' : `,"revision":${quote(revision)}`,
    deleted ? ',"deleted":true' : '',
    user === undefined ? '' : `,"user":${quote(user)}`,
    ref === undefined ? '' : `,"ref":${ref}`,
    retained ? ',"retained":true' : '',
    position === undefined ? '' : `,"position":${quote(position)}`,
    replayed ? ',"replayed":true' : '',
    left ? ',"left":true' : '',
  ]
  return fields.join('')
}

/** Characters that JSON escapes, and lone surrogates. */
const special = /["\\\p{Cc}\p{Cs}]/u

function quote(text: string): string {
  return special.test(text) ? JSON.stringify(text) : `"${text}"`
}

function withPayload(frame: PayloadFrame, body: unknown): unknown {
  if (typeof frame.message === 'string') return body
  const text = payloadText(frame.message)
  const payload = text === undefined ? { message: undefined, bytes: encodeBase64(frame.message) } : { message: text }
  return { ...(body as object), ...payload }
}

function decode(data: string | Uint8Array): RawFrame {
  if (typeof data !== 'string')
    throw new WildcastError(
      'invalid_frame',
      'this connection uses JSON: send text frames, or connect with wildcast.v1+msgpack',
    )
  return untag(parseJson(data))
}
