import type { Message } from '@wildcast/client'
import { decodeUtf8 } from '@wildcast/protocol'

export interface PrintFlags {
  readonly json?: boolean
}

/** Prints a line of JSON: the payload is `message` if it is text, else base64 in `bytes`. */
export function asJson(message: Message): string {
  const text = decodeUtf8(message.bytes)
  return `${JSON.stringify({
    subject: message.subject,
    ...(text === undefined ? { bytes: Buffer.from(message.bytes).toString('base64') } : { message: text }),
    broker: message.broker,
    response_subject: message.responseSubject,
    revision: message.revision,
    position: message.position,
    deleted: message.deleted || undefined,
  })}\n`
}

/** Prints a line for a person: the subject, then the unchanged payload. */
export function asLine(message: Message): Buffer {
  return Buffer.concat([Buffer.from(`${message.subject} `), message.bytes, Buffer.from('\n')])
}
