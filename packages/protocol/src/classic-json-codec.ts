import { classicForm, fromClassicForm } from './classic.js'
import type { Codec } from './codec.js'
import { WildcastError } from './errors.js'
import { parseJson } from './json.js'

/** The classic dialect as JSON text: payloads are arrays of bytes. */
export const classicJsonCodec: Codec = {
  name: 'classic-json',
  subprotocol: undefined,
  encode(frame) {
    const { kind, value } = classicForm(frame)
    return JSON.stringify(kind === 'Message' ? value : { [kind]: value })
  },
  decode(data) {
    if (typeof data !== 'string') throw new WildcastError('invalid_frame', 'classic JSON stands in text frames')
    return fromClassicForm(parseJson(data))
  },
}
