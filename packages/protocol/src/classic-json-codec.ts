import { writeByteList } from './byte-list.js'
import { type ClassicFields, classicForm, fromClassicForm } from './classic.js'
import type { Codec } from './codec.js'
import { parseJson } from './json.js'
import { refusal } from './refusal.js'

/** The classic dialect as JSON text: payloads are arrays of bytes. */
export const classicJsonCodec: Codec = {
  name: 'classic-json',
  subprotocol: undefined,
  encode(frame) {
    const form = classicForm(frame)
    if (form.kind === 'Subscribe') return JSON.stringify({ Subscribe: form.subject })
    const message = objectOf(form.fields)
    return form.kind === 'Message' ? message : `{"Publish":${message}}`
  },
  decode(data) {
    if (typeof data !== 'string') throw refusal('invalid_frame', 'send classic JSON in text frames')
    return fromClassicForm(parseJson(data))
  },
}

function objectOf({ message, ...rest }: ClassicFields): string {
  return `{"message":[${writeByteList(message)}],${JSON.stringify(rest).slice(1)}`
}
