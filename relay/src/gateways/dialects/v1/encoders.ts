import { type Codec, jsonCodec, type RelayFrame } from '@wildcast/protocol'
import { msgpackCodec } from '@wildcast/protocol/msgpack'
import type { StreamEncoder } from '../../../core/outlet.js'
import { deflatedFrame, joinFrames, wireFrame } from '../../connections/framing.js'
import { messageFrame } from '../message-frame.js'

/** Writes what a relay sends in v1: messages and gaps for all readers of a subscription, and frames for one client. */
export interface V1Encoder extends StreamEncoder {
  frame(frame: RelayFrame): Uint8Array
}

/** What is spoken by one subprotocol of v1, for clients that have agreed on compression and for others. */
export interface V1Codec {
  readonly codec: Codec
  readonly encoders: { readonly plain: V1Encoder; readonly deflated: V1Encoder }
}

/** By subprotocol. */
export const v1Codecs: ReadonlyMap<string, V1Codec> = new Map(
  [jsonCodec, msgpackCodec].map((codec) => [
    codec.subprotocol as string,
    { codec, encoders: { plain: v1Encoder(codec, wireFrame), deflated: v1Encoder(codec, deflatedFrame) } },
  ]),
)

/** @param framed - what one message of the connection is made of */
export function v1Encoder(codec: Codec, framed: (data: string | Uint8Array) => Uint8Array): V1Encoder {
  const frame = (said: RelayFrame): Uint8Array => framed(codec.encode(said))
  return {
    frame,
    message: (message, feed) => frame(messageFrame(message, feed)),
    gap: ({ id }, missed) => frame({ kind: 'Gap', id, missed }),
    overrun: 'gap',
    join: joinFrames,
  }
}
