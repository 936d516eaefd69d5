import type { Message } from '@wildcast/client'
import { decodeUtf8 } from '@wildcast/protocol'

export interface PrintFlags {
  readonly json?: boolean
}

/** One line of JSON: the payload is `message` where it is text, else base64 in `bytes`. */
export function asJson(message: Message): string {
  const text = decodeUtf8(message.bytes)
  return `${JSON.stringify({
    subject: message.subject,
    ...(text === undefined ? { bytes: Buffer.from(message.bytes).toString('base64') } : { message: text }),
    broker: message.broker,
    response_subject: message.responseSubject,
  })}\n`
}

/** For a person: the subject, then the payload as it is. */
export function asLine(message: Message): Buffer {
  return Buffer.concat([Buffer.from(`${message.subject} `), message.bytes, Buffer.from('\n')])
}
