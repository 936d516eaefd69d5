import {
  type Codec,
  classicJsonCodec,
  jsonCodec,
  type MessageFrame,
  payloadBytes,
  payloadText,
  type RelayFrame,
} from '@wildcast/protocol'
import { classicMsgpackCodec, msgpackCodec } from '@wildcast/protocol/msgpack'
import type { StreamEncoder } from '../../core/outlet.js'
import { deflatedFrame, joinFrames, wireFrame } from '../connections/framing.js'

/** What classic clients are sent: the original's four modes. */
export type Mode = 'binary' | 'text' | 'messagepack' | 'json'
export const modes: readonly Mode[] = ['binary', 'text', 'messagepack', 'json']

/** An encoder for clients that have agreed on compression, and one for those who have not. */
export type Framing = 'plain' | 'deflated'
export type Encoders = Readonly<Record<Framing, StreamEncoder>>

/** The codecs of v1 with their encoders, by subprotocol. */
export const v1Codecs: ReadonlyMap<string, { readonly codec: Codec; readonly encoders: Encoders }> = new Map(
  [jsonCodec, msgpackCodec].map((codec) => [
    codec.subprotocol as string,
    { codec, encoders: framed((frame) => codec.encode(frame)) },
  ]),
)

const classicJson = messagesOnly((frame) => classicJsonCodec.encode(frame))
const classicMsgpack = messagesOnly((frame) => classicMsgpackCodec.encode(frame))

/** What a classic client on `/ws` is sent. */
export const classicEncoders: Readonly<Record<Mode, Encoders>> = {
  json: classicJson,
  text: classicJson,
  messagepack: classicMsgpack,
  binary: classicMsgpack,
}

/** What a client on `/subscribe/…` is sent. */
export const subscribeEncoders: Readonly<Record<Mode, Encoders>> = {
  json: classicJson,
  messagepack: classicMsgpack,
  binary: messagesOnly((frame) => payloadBytes(frame.message)),
  text: messagesOnly((frame) => payloadText(frame.message)),
}

/** Classic has no answers: everything but messages is left out, and so is a message that the mode can't carry. */
function messagesOnly(encode: (frame: MessageFrame) => string | Uint8Array | undefined): Encoders {
  return framed((frame) => (frame.kind === 'Message' ? encode(frame) : undefined))
}

function framed(encode: (frame: RelayFrame) => string | Uint8Array | undefined): Encoders {
  const encoder = (frameOf: (data: string | Uint8Array) => Buffer): StreamEncoder => ({
    encode(frame) {
      const data = encode(frame)
      return data === undefined ? undefined : frameOf(data)
    },
    join: joinFrames,
  })
  return { plain: encoder(wireFrame), deflated: encoder(deflatedFrame) }
}
