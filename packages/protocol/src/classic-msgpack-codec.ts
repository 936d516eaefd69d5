import { type ClassicFields, classicForm, fromClassicForm } from './classic.js'
import type { Codec } from './codec.js'
import { MessagePackWriter } from './messagepack-writer.js'
import { parseMessagePack } from './parse-messagepack.js'
import { refusal } from './refusal.js'

const writer = new MessagePackWriter()

/**
 * The classic dialect as MessagePack: messages are positional arrays and payloads arrays of
 * integers, as the original system writes them.
 */
export const classicMsgpackCodec: Codec = {
  name: 'classic-msgpack',
  subprotocol: undefined,
  encode(frame) {
    const form = classicForm(frame)
    if (form.kind === 'Subscribe') writer.map(1).text('Subscribe').text(form.subject)
    else if (form.kind === 'Publish') writeFields(writer.map(1).text('Publish'), form.fields)
    else writeFields(writer, form.fields)
    return writer.take()
  },
  decode(data) {
    if (typeof data === 'string') throw refusal('invalid_frame', 'send classic MessagePack in binary frames')
    return fromClassicForm(parseMessagePack(data))
  },
}

function writeFields(to: MessagePackWriter, { message, subject, broker, response_subject }: ClassicFields): void {
  to.array(4).byteList(message).text(subject).textOrNil(broker).textOrNil(response_subject)
}
