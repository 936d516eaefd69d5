import {
  type Codec,
  classicJsonCodec,
  jsonCodec,
  type MessageFrame,
  payloadBytes,
  payloadText,
} from '@wildcast/protocol'
import { classicMsgpackCodec, msgpackCodec } from '@wildcast/protocol/msgpack'
import type { StreamEncoder } from '../../core/outlet.js'
import { joinFrames, wireFrame } from './wire-frame.js'

/** What classic clients are sent: the original's four modes. */
export type Mode = 'binary' | 'text' | 'messagepack' | 'json'
export const modes: readonly Mode[] = ['binary', 'text', 'messagepack', 'json']

/** The codecs of v1 with their encoders, by subprotocol. */
export const v1Codecs: ReadonlyMap<string, { readonly codec: Codec; readonly encoder: StreamEncoder }> = new Map(
  [jsonCodec, msgpackCodec].map((codec) => [
    codec.subprotocol as string,
    { codec, encoder: { encode: (frame) => wireFrame(codec.encode(frame)), join: joinFrames } },
  ]),
)

const classicJson = messagesOnly((frame) => classicJsonCodec.encode(frame))
const classicMsgpack = messagesOnly((frame) => classicMsgpackCodec.encode(frame))

/** What a classic client on `/ws` is sent. */
export const classicEncoders: Readonly<Record<Mode, StreamEncoder>> = {
  json: classicJson,
  text: classicJson,
  messagepack: classicMsgpack,
  binary: classicMsgpack,
}

/** What a client on `/subscribe/…` is sent. */
export const subscribeEncoders: Readonly<Record<Mode, StreamEncoder>> = {
  json: classicJson,
  messagepack: classicMsgpack,
  binary: messagesOnly((frame) => payloadBytes(frame.message)),
  text: messagesOnly((frame) => payloadText(frame.message)),
}

/** Classic has no answers: everything but messages is left out, and so is a message that the mode can't carry. */
function messagesOnly(encode: (frame: MessageFrame) => string | Uint8Array | undefined): StreamEncoder {
  return {
    encode(frame) {
      const data = frame.kind === 'Message' ? encode(frame) : undefined
      return data === undefined ? undefined : wireFrame(data)
    },
    join: joinFrames,
  }
}
