import { type BrokerMessage, decodeUtf8, type Headers, payloadBytes } from '@wildcast/protocol'

/** A message that a client has published, as the broker got it. */
export interface PublishedMessage {
  readonly subject: string
  readonly broker: string
  /** The value of JSON; else the text, or bytes that are no text. */
  readonly data: unknown
  readonly bytes: Uint8Array
  readonly headers: ReadonlyMap<string, string>
  /** The user who published it. */
  readonly user: string | undefined
  /** Whether it has changed the value of its subject. */
  readonly retained: boolean
}

/** Returns what a test sees of a message. */
export function publishedOf(message: BrokerMessage, broker: string, retained: boolean): PublishedMessage {
  const { subject, payload, headers, from } = message
  return {
    subject,
    broker,
    data: dataOf(payload),
    bytes: payloadBytes(payload),
    headers: headersOf(headers),
    user: from?.user,
    retained,
  }
}

const headersOf = (headers: Headers | undefined): ReadonlyMap<string, string> => new Map(headers)

function dataOf(payload: BrokerMessage['payload']): unknown {
  const text = typeof payload === 'string' ? payload : decodeUtf8(payload)
  if (text === undefined) return payload
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
