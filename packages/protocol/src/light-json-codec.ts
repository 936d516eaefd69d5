import { encodeBase64 } from './base64.js'
import type { Codec } from './codec.js'
import { toHeaderObject } from './header-list.js'
import { lines } from './lines.js'
import type { Headers, Payload } from './message.js'

/** The fields that are not written as they are. */
interface Fields {
  readonly kind: string
  /** Stands for the whole body. */
  readonly count?: number
  readonly message?: Payload
  readonly headers?: Headers | undefined
}

/**
 * Frames as JSON text, for a client: it writes what every relay reads, and believes what its relay
 * says. What is not JSON throws what `JSON.parse` throws.
 */
export const lightJsonCodec: Codec = {
  name: 'json',
  subprotocol: 'wildcast.v1+json',
  encode(frame) {
    const { kind, count, message, headers, ...rest }: Fields = frame
    const payload = typeof message === 'object' ? { bytes: encodeBase64(message) } : { message }
    const body = { ...rest, ...payload, headers: headers && toHeaderObject(headers) }
    return JSON.stringify(kind === 'Pong' ? kind : { [kind]: count ?? body })
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
