import { encodeBase64 } from './base64.js'
import type { Codec } from './codec.js'
import { toHeaderObject } from './header-list.js'
import { lines } from './lines.js'
import type { Headers, Payload } from './message.js'

/** The fields whose encoding differs from their value. */
interface Fields {
  readonly kind: string
  /** The whole body of `Received`. */
  readonly count?: number | boolean | undefined
  readonly message?: Payload
  readonly headers?: Headers | undefined
}

/**
 * Frames as JSON text, for clients: every relay can read what it writes, and it trusts the data of
 * its relay. Throws the errors of `JSON.parse` for invalid JSON.
 */
export const lightJsonCodec: Codec = {
  name: 'json',
  subprotocol: 'wildcast.v1+json',
  encode(frame) {
    const { kind, message, headers, ...rest }: Fields = frame
    const payload = typeof message === 'object' ? { bytes: encodeBase64(message) } : { message }
    const body = { ...rest, ...payload, headers: headers && toHeaderObject(headers) }
    return JSON.stringify(kind === 'Pong' ? kind : { [kind]: kind === 'Received' ? rest.count : body })
  },
  decode(data) {
    const value: unknown = JSON.parse(data as string)
    if (typeof value === 'string') return { kind: value, body: undefined }
    for (const kind in value as object) return { kind, body: (value as Record<string, unknown>)[kind] }
    throw new TypeError('the frame has no kind')
  },
  refOf(data) {
    const found = /"ref":(\d+)/.exec(data as string)
    return found ? Number(found[1]) : undefined
  },
  batches: lines,
}
