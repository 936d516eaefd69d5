import { classicJsonCodec, type MessageFrame, payloadBytes, payloadText } from '@wildcast/protocol'
import { classicMsgpackCodec } from '@wildcast/protocol/msgpack'
import type { StreamEncoder } from '../../../core/outlet.js'
import { deflatedFrame, joinFrames, wireFrame } from '../../connections/framing.js'
import { messageFrame } from '../message-frame.js'

/** The form of messages to classic clients: the original's modes. */
export type Mode = 'binary' | 'text' | 'messagepack' | 'json'
/** All modes. */
export const modes: readonly Mode[] = ['binary', 'text', 'messagepack', 'json']

/** For clients with and without compression. */
export interface Encoders {
  readonly plain: StreamEncoder
  readonly deflated: StreamEncoder
}

const json = messagesOnly((frame) => classicJsonCodec.encode(frame))
const msgpack = messagesOnly((frame) => classicMsgpackCodec.encode(frame))

/** The encoders for classic clients on `/ws`. */
export const classicEncoders: Readonly<Record<Mode, Encoders>> = {
  json,
  text: json,
  messagepack: msgpack,
  binary: msgpack,
}

/** The encoders for clients on `/subscribe/…`. */
export const subscribeEncoders: Readonly<Record<Mode, Encoders>> = {
  json,
  messagepack: msgpack,
  binary: messagesOnly((frame) => payloadBytes(frame.message)),
  text: messagesOnly((frame) => payloadText(frame.message)),
}

/** Encodes messages only: classic has no answers. It skips a message that the mode can't carry. */
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
