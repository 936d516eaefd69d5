import { encode } from '@msgpack/msgpack'
import { classicForm, fromClassicForm } from './classic.js'
import type { Codec } from './codec.js'
import { WildcastError } from './errors.js'
import { parseMessagePack } from './parse-messagepack.js'

/** The classic dialect as MessagePack: messages are positional arrays, payloads arrays of integers, the form that the original writes. */
export const classicMsgpackCodec: Codec = {
  name: 'classic-msgpack',
  subprotocol: undefined,
  encode(frame) {
    const { kind, value } = classicForm(frame)
    if (kind === 'Subscribe') return encode({ [kind]: value })
    const positional = Object.values(value as object)
    return encode(kind === 'Message' ? positional : { [kind]: positional })
  },
  decode(data) {
    if (typeof data === 'string')
      throw new WildcastError('invalid_frame', 'classic MessagePack stands in binary frames')
    return fromClassicForm(parseMessagePack(data))
  },
}
