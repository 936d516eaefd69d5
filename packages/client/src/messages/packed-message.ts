import { jsonCodec, lightJsonCodec, type RawFrame, readRelayFrame, WildcastError } from '@wildcast/protocol/client'
import { type Message, ReceivedMessage } from './message.js'

/** A message as JSON, for a page that a server renders. */
export interface PackedMessage {
  /** The frame of the protocol, as text. */
  readonly frame: string
  readonly pattern: string
  readonly receivedAt: number
}

/** Converts a message to JSON. */
export function packMessage(message: Message): PackedMessage {
  const { subject, broker, bytes, headerList, pattern, receivedAt } = message
  const { revision, position, user } = message
  const kept = {
    revision,
    position,
    user,
    retained: message.retained || undefined,
    replayed: message.replayed || undefined,
  }
  const content = { subject, broker, message: textOf(message) ?? bytes, headers: headerList }
  const frame = { kind: 'Message', id: 0, ...content, ...kept } as const
  return { frame: String(jsonCodec.encode(frame)), pattern, receivedAt }
}

/**
 * Returns the message of its JSON. It can't be answered.
 * @throws {WildcastError} `invalid_frame` if the JSON has another form
 */
export function unpackMessage({ frame, pattern, receivedAt }: PackedMessage): Message {
  const read = readRelayFrame(lightJsonCodec.decode(frame) as RawFrame)
  if (read.kind !== 'Message') throw new WildcastError('invalid_frame', 'the JSON is no message')
  return new ReceivedMessage(read, pattern, receivedAt)
}

function textOf(message: Message): string | undefined {
  try {
    return message.text()
  } catch {
    return undefined // not UTF-8
  }
}
