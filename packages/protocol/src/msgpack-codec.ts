import { Encoder } from '@msgpack/msgpack'
import type { Codec, RawFrame } from './codec.js'
import { WildcastError } from './errors.js'
import type { Frame } from './frame.js'
import { bodyOf, carriesPayload, isBare } from './frame-body.js'
import { payloadBytes } from './message.js'
import { parseMessagePack } from './parse-messagepack.js'
import { untag } from './tagged.js'

const encoder = new Encoder({ ignoreUndefined: true })

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
