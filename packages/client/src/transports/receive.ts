import { type Codec, type RawFrame, readRelayFrame, WildcastError } from '@wildcast/protocol/client'
import type { TransportEvents } from './transport.js'

/**
 * Decodes a frame and passes it on. An unreadable frame is reported with its `ref`, if that can be
 * found, since the answer is lost.
 */
export function receive(codec: Codec, data: string | Uint8Array, events: TransportEvents): void {
  let raw: RawFrame | undefined
  try {
    raw = codec.decode(data)
    events.frame(readRelayFrame(raw), data.length)
  } catch (cause) {
    const ref = (raw?.body as { readonly ref?: unknown } | undefined)?.ref ?? codec.refOf?.(data)
    events.fault(WildcastError.from(cause, 'invalid_frame'), typeof ref === 'number' ? ref : undefined)
  }
}
