import { classicJsonCodec, type MessageFrame, payloadBytes, payloadText } from '@wildcast/protocol'
import { classicMsgpackCodec } from '@wildcast/protocol/msgpack'
import type { StreamEncoder } from '../../../core/outlet.js'
import { deflatedFrame, joinFrames, wireFrame } from '../../connections/framing.js'
import { messageFrame } from '../message-frame.js'

/** What classic clients are sent: the original's four modes. */
export type Mode = 'binary' | 'text' | 'messagepack' | 'json'
export const modes: readonly Mode[] = ['binary', 'text', 'messagepack', 'json']

/** For clients that have agreed on compression, and for others. */
export interface Encoders {
  readonly plain: StreamEncoder
  readonly deflated: StreamEncoder
}

const json = messagesOnly((frame) => classicJsonCodec.encode(frame))
const msgpack = messagesOnly((frame) => classicMsgpackCodec.encode(frame))

/** What a classic client on `/ws` is sent. */
export const classicEncoders: Readonly<Record<Mode, Encoders>> = {
  json,
  text: json,
  messagepack: msgpack,
  binary: msgpack,
}

/** What a client on `/subscribe/…` is sent. */
export const subscribeEncoders: Readonly<Record<Mode, Encoders>> = {
  json,
  messagepack: msgpack,
  binary: messagesOnly((frame) => payloadBytes(frame.message)),
  text: messagesOnly((frame) => payloadText(frame.message)),
}

/**
 * Classic has no answers: everything but messages is left out, and so is a message that the mode
 * can't carry.
 */
function messagesOnly(encode: (frame: MessageFrame) => string | Uint8Array | undefined): Encoders {
  const encoder = (framed: (data: string | Uint8Array) => Buffer): StreamEncoder => ({
    message(message, feed) {
      const data = encode(messageFrame(message, feed))
      return data === undefined ? undefined : framed(data)
    },
    gap: () => undefined,
    overrun: 'end',
    join: joinFrames,
  })
  return { plain: encoder(wireFrame), deflated: encoder(deflatedFrame) }
}
