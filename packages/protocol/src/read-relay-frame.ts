import { decodeBase64 } from './base64.js'
import type { RawFrame } from './codec.js'
import type { RelayFrame } from './frame.js'

/** The fields that a frame has in another form, or by another name. */
interface Body {
  kind: string
  message?: unknown
  bytes?: string
  headers?: object | null
}

/**
 * Reads what a relay said, which is believed: it keeps the protocol's types. A newer relay may say
 * kinds that `RelayFrame` does not have; let them pass. The body becomes the frame: to copy it
 * would cost more than all else that a client does with a message.
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
