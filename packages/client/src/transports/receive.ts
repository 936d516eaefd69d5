import { type Codec, type RawFrame, readRelayFrame, WildcastError } from '@wildcast/protocol/client'
import type { TransportEvents } from './transport.js'

/** Hands on a frame. One that can not be read ends the wait for what it may have said: nobody knows what that was. */
export function receive(codec: Codec, data: string | Uint8Array, events: TransportEvents): void {
  let raw: RawFrame | undefined
  try {
    raw = codec.decode(data)
    events.frame(readRelayFrame(raw))
  } catch (cause) {
    const error = WildcastError.from(cause, 'invalid_frame')
    events.fault(error)
    const ref = (raw?.body as { readonly ref?: unknown } | undefined)?.ref ?? codec.refOf?.(data)
    if (typeof ref === 'number')
      events.frame({
        kind: 'Error',
        ref,
        code: 'interrupted',
        message: `unreadable: ${error.message}`,
        retry: true,
      })
  }
}
