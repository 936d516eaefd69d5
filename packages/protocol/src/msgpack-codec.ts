import { Encoder } from '@msgpack/msgpack'
import type { Codec, RawFrame } from './codec.js'
import { WildcastError } from './errors.js'
import type { Frame, MessageFrame } from './frame.js'
import { bodyOf, carriesPayload, isBare, isKept } from './frame-body.js'
import { toHeaderObject } from './header-list.js'
import { payloadBytes } from './message.js'
import { MessagePackWriter } from './messagepack-writer.js'
import { parseMessagePack } from './parse-messagepack.js'
import { refInMessagePack } from './ref-in-messagepack.js'
import { splitMessagePack } from './split-messagepack.js'
import { untag } from './tagged.js'

const encoder = new Encoder({ ignoreUndefined: true })
const writer = new MessagePackWriter()

/** Frames as MessagePack maps. A payload is always `bin`. */
export const msgpackCodec: Codec = {
  name: 'msgpack',
  subprotocol: 'wildcast.v1+msgpack',
  encode,
  decode,
  batches: {
    join: joinBytes,
    split: (data, maxBytes) => (typeof data === 'string' ? [data] : splitMessagePack(data, maxBytes)),
  },
  refOf: (data) => (typeof data === 'string' ? undefined : refInMessagePack(data)),
}

function encode(frame: Frame): Uint8Array<ArrayBuffer> {
  if (frame.kind === 'Message') return encodeMessage(frame)
  if (isBare(frame)) return encoder.encode(frame.kind)
  const body = bodyOf(frame)
  return encoder.encode({
    [frame.kind]: carriesPayload(frame) ? { ...(body as object), message: payloadBytes(frame.message) } : body,
  })
}

/**
 * Hand-written, since a relay writes little else: building an object for the library's encoder
 * takes three times as long.
 */
function encodeMessage(frame: MessageFrame): Uint8Array<ArrayBuffer> {
  const { id, subject, message, broker, response_subject, headers } = frame
  const kept = isKept(frame) ? keptFields(frame) : noFields
  const optional = (id === undefined ? 0 : 1) + (response_subject === undefined ? 0 : 1) + (headers ? 1 : 0)
  writer
    .map(1)
    .text('Message')
    .map(3 + optional + kept.length)
  if (id !== undefined) writer.text('id').uint(id)
  writer.text('subject').text(subject)
  writer.text('message').bin(payloadBytes(message)).text('broker').text(broker)
  if (response_subject !== undefined) writer.text('response_subject').text(response_subject)
  if (headers) writer.text('headers').raw(encoder.encode(toHeaderObject(headers)))
  for (const [name, field] of kept) writer.text(name).raw(encoder.encode(field))
  return writer.take()
}

type Fields = readonly (readonly [name: string, value: unknown])[]

const noFields: Fields = []

/** The fields of a message that the broker keeps, besides the others. */
function keptFields(frame: MessageFrame): Fields {
  const { revision, deleted, user, ref, retained, position, replayed, left } = frame
  const fields = { revision, deleted, user, ref, retained, position, replayed, left }
  return Object.entries(fields).filter(([, value]) => value !== undefined)
}

function decode(data: string | Uint8Array): RawFrame {
  if (typeof data === 'string')
    throw new WildcastError(
      'invalid_frame',
      'this connection uses MessagePack: send binary frames, or connect with wildcast.v1+json',
    )
  return untag(parseMessagePack(data))
}

function joinBytes(frames: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const parts = frames as readonly Uint8Array[]
  const joined = new Uint8Array(parts.reduce((bytes, part) => bytes + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
