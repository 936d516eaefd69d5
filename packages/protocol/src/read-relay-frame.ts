import { decodeBase64 } from './base64.js'
import type { RawFrame } from './codec.js'
import type { RelayFrame } from './frame.js'

/** The fields that `RelayFrame` has in another form, or by another name. */
interface Body {
  kind: string
  message?: unknown
  bytes?: string
  headers?: object | null
}

/**
 * Reads the frame of a relay, which is trusted to keep the protocol's types. A newer relay may send
 * kinds that `RelayFrame` does not have: ignore them. The body itself becomes the frame: a copy
 * would cost more than everything else that a client does with a message.
 */
export function readRelayFrame({ kind, body = {} }: RawFrame): RelayFrame {
  if (kind === 'Received') return { kind, count: body as number }
  const frame = body as Body
  frame.kind = kind
  if (frame.bytes !== undefined) {
    frame.message = decodeBase64(frame.bytes)
    delete frame.bytes
  }
  frame.headers &&= Object.entries(frame.headers).flatMap(([name, values]) =>
    [values].flat().map((value) => [name, value]),
  )
  return frame as RelayFrame
}
