import { decodeBase64 } from './base64.js'
import type { RawFrame } from './codec.js'
import type { RelayFrame } from './frame.js'

/** The fields that a frame has in another form, or by another name. */
interface Body {
  readonly bytes?: string
  readonly headers?: Readonly<Record<string, string>> | null
}

/** Reads what a relay said, which is believed: it keeps the protocol's types. A newer relay may say kinds that `RelayFrame` does not have; let them pass. */
export function readRelayFrame({ kind, body }: RawFrame): RelayFrame {
  if (kind === 'Received') return { kind, count: body as number }
  const { bytes, headers, ...rest }: Body = { ...(body as object) }
  return {
    ...rest,
    kind,
    ...(bytes !== undefined && { message: decodeBase64(bytes) }),
    ...(headers && { headers: new Map(Object.entries(headers)) }),
  } as RelayFrame
}
