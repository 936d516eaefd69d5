import { encodeBase64 } from './base64.js'
import type { Codec } from './codec.js'
import type { Headers, Payload } from './message.js'

/** What frames may hold that JSON can't say. */
interface Frame {
  readonly kind: string
  readonly message?: Payload
  readonly headers?: Headers | undefined
}

/**
 * Frames as JSON text, for a client: it writes what every relay reads, and believes what its relay says. What is not JSON throws what `JSON.parse` throws.
 */
export const lightJsonCodec: Codec = {
  name: 'json',
  subprotocol: 'wildcast.v1+json',
  encode(frame) {
    if (frame.kind === 'Received') return JSON.stringify({ Received: frame.count })
    const { kind, message, headers, ...rest }: Frame = frame
    const payload = typeof message === 'object' ? { bytes: encodeBase64(message) } : { message }
    return JSON.stringify({ [kind]: { ...rest, ...payload, headers: headers && Object.fromEntries(headers) } })
  },
  decode(data) {
    const value: unknown = JSON.parse(data as string)
    if (typeof value === 'string') return { kind: value, body: undefined }
    const [[kind, body]] = Object.entries(value as object) as [[string, unknown]]
    return { kind, body }
  },
}
