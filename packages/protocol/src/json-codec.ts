import { encodeBase64 } from './base64.js'
import type { Codec, RawFrame } from './codec.js'
import { WildcastError } from './errors.js'
import type { Frame, MessageFrame } from './frame.js'
import { bodyOf, carriesPayload, isBare, type PayloadFrame } from './frame-body.js'
import { toHeaderObject } from './header-list.js'
import { parseJson } from './json.js'
import { lines } from './lines.js'
import { payloadBytes, payloadText } from './message.js'
import { refInJson } from './ref-in-json.js'
import { untag } from './tagged.js'
import { tooLargeBatch } from './too-large-batch.js'
import { utf8Length } from './utf8-length.js'

const lineFeed = 0x0a

/** Frames as JSON text. A payload is `message` where it is UTF-8, else base64 in `bytes`. */
export const jsonCodec: Codec = {
  name: 'json',
  subprotocol: 'wildcast.v1+json',
  encode,
  decode,
  batches: { ...lines, split },
  refOf: (data) => (typeof data === 'string' ? refInJson(data) : undefined),
}

function split(data: string | Uint8Array, most: number = Number.POSITIVE_INFINITY): Iterable<string | Uint8Array> {
  if (typeof data !== 'string') return [data] // which `decode` refuses
  // A UTF-16 unit takes from 1 to 3 bytes, so few texts need a count.
  const isLonger = data.length > most || (data.length * 3 > most && utf8Length(data) > most)
  return isLonger ? onlyLine(data, most) : lines.split(data)
}

/** The one line of a text that is not empty. Millions of lines are not taken apart. */
function onlyLine(data: string, most: number): readonly string[] {
  const start = afterFeeds(data, 0)
  if (start === data.length) return []
  const end = data.indexOf('\n', start)
  if (end < 0) return [data.slice(start)]
  if (afterFeeds(data, end) < data.length) throw tooLargeBatch(most)
  return [data.slice(start, end)]
}

/** Index of the first character from `start` on that is no line feed. */
function afterFeeds(data: string, start: number): number {
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
 * Written by hand, since a relay writes little else: `JSON.stringify` of an object made for it
 * takes three times as long.
 */
function encodeMessage({ id, subject, message, broker, response_subject, headers }: MessageFrame): string {
  const text = payloadText(message)
  const payload = text === undefined ? `"bytes":"${encodeBase64(payloadBytes(message))}"` : `"message":${quote(text)}`
  const answers = response_subject === undefined ? '' : `,"response_subject":${quote(response_subject)}`
  const more = headers ? `,"headers":${JSON.stringify(toHeaderObject(headers))}` : ''
  return `{"Message":{"id":${id},"subject":${quote(subject)},${payload},"broker":${quote(broker)}${answers}${more}}}`
}

/** What JSON escapes, and whatever of Unicode might be broken. */
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
      'this connection speaks JSON: send text frames, or connect with wildcast.v1+msgpack',
    )
  return untag(parseJson(data))
}
