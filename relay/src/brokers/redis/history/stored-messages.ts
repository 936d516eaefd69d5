import type { Subject } from '@wildcast/protocol'
import type { StoredMessage } from '../../../core/history-store.js'
import { aboutOf } from '../../foreign/about.js'
import { aboutHeadLength } from '../lua-history.js'
import { numbersOf } from '../values/change-mark.js'

const positionLength = 20

/** Parses the messages of a page: subject, "about" and payload by turns. */
export function storedMessagesOf(reply: readonly Buffer[]): StoredMessage[] {
  const messages: StoredMessage[] = []
  for (let i = 0; i + 2 < reply.length; i += 3) {
    const [subject, about, payload] = reply.slice(i, i + 3) as [Buffer, Buffer, Buffer]
    messages.push(storedMessageOf(`${subject}` as Subject, about, payload))
  }
  return messages
}

function storedMessageOf(subject: Subject, about: Buffer, payload: Buffer): StoredMessage {
  const position = about.toString('latin1', 0, positionLength)
  const { revision, deleted } = numbersOf(position, about.toString('latin1', aboutHeadLength - 1, aboutHeadLength))
  return {
    subject,
    position,
    // Not the Buffer of the library: receivers get plain bytes.
    payload: new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength),
    ...(revision !== undefined && { revision }),
    ...(deleted && { deleted }),
    ...aboutOf(about.toString('utf8', aboutHeadLength)),
  }
}
