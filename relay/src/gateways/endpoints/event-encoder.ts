import { jsonCodec, type MessageFrame } from '@wildcast/protocol'
import type { StreamEncoder } from '../../core/outlet.js'
import { joinFrames } from '../connections/framing.js'
import { messageFrame } from '../dialects/message-frame.js'

/**
 * Streams of a pattern share events. A kept message has its position as the id. An id without an
 * event replaces one of another history.
 */
export const eventEncoder: StreamEncoder = {
  message(message, feed) {
    const id = message.position === undefined ? '' : `id: ${message.position}\n`
    return eventText(`${id}data: ${bodyOf(messageFrame(message, feed))}\n\n`)
  },
  gap: (_, missed) => eventLines('gap', { missed }),
  caughtUp: (position) => eventText(`id: ${position}\n\n`),
  overrun: 'gap',
  join: joinFrames,
}

/** In JSON without line breaks, so that no part of a message can begin another line. */
function bodyOf(frame: MessageFrame): string {
  return String(jsonCodec.encode(frame)).slice(`{"${frame.kind}":`.length, -1)
}

/** An event with a name. */
export const eventLines = (name: string, data: object): Uint8Array =>
  eventText(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)

/** Lines of a stream as bytes. */
export function eventText(lines: string): Uint8Array {
  return new TextEncoder().encode(lines)
}
