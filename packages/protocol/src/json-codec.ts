import { encodeBase64 } from './base64.js'
import type { Codec, RawFrame } from './codec.js'
import { WildcastError } from './errors.js'
import type { Frame } from './frame.js'
import { bodyOf, carriesPayload, isBare, type PayloadFrame } from './frame-body.js'
import { parseJson } from './json.js'
import { payloadText } from './message.js'
import { untag } from './tagged.js'

/** Frames as JSON text. A payload is `message` where it is UTF-8, else base64 in `bytes`. */
export const jsonCodec: Codec = { name: 'json', subprotocol: 'wildcast.v1+json', encode, decode }

function encode(frame: Frame): string {
  if (isBare(frame)) return `"${frame.kind}"`
  const body = bodyOf(frame)
  return JSON.stringify({ [frame.kind]: carriesPayload(frame) ? withPayload(frame, body) : body })
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
