import { Decoder, Encoder } from '@msgpack/msgpack'
import type { Codec, RawFrame } from './codec.js'
import { WildcastError } from './errors.js'
import type { Frame } from './frame.js'
import { bodyOf, carriesPayload, isBare } from './frame-body.js'
import { payloadBytes } from './message.js'
import { checkMessagePack } from './msgpack-guard.js'
import { untag } from './tagged.js'

const encoder = new Encoder({ ignoreUndefined: true })
const decoder = new Decoder()

/** Frames as MessagePack maps. A payload is always `bin`. */
export const msgpackCodec: Codec = {
  name: 'msgpack',
  subprotocol: 'wildcast.v1+msgpack',
  encode,
  decode,
}

function encode(frame: Frame): Uint8Array<ArrayBuffer> {
  if (isBare(frame)) return encoder.encode(frame.kind)
  const body = bodyOf(frame)
  return encoder.encode({
    [frame.kind]: carriesPayload(frame) ? { ...(body as object), message: payloadBytes(frame.message) } : body,
  })
}

function decode(data: string | Uint8Array): RawFrame {
  if (typeof data === 'string')
    throw new WildcastError(
      'invalid_frame',
      'this connection speaks MessagePack: send binary frames, or connect with wildcast.v1+json',
    )
  return untag(parseMessagePack(data))
}

/**
 * Decodes MessagePack that a stranger sent. Byte strings are views on the input, not copies.
 * @throws {WildcastError} `invalid_frame`
 */
export function parseMessagePack(bytes: Uint8Array): unknown {
  checkMessagePack(bytes)
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new WildcastError(
      'invalid_frame',
      'the frame is not MessagePack that we accept: keys are strings, and none is "__proto__"',
      {
        cause,
      },
    )
  }
}
