import { type PublishFrame, payloadBytes, WildcastError } from '@wildcast/protocol/client'

/**
 * Copies of the protocol's `limits.headers`, `limits.headerBytes` and `limits.keyBytes`: an import
 * would add all limits to the bundle.
 */
const mostHeaders = 64
const mostHeaderBytes = 8192
const mostKeyBytes = 256

/** A frame with or without a payload. */
type Sizable = { readonly kind?: string } & Partial<Pick<PublishFrame, 'message' | 'headers' | 'error' | 'key'>>

/**
 * Throws if the relay would refuse the frame: its limit applies to payload, headers and error
 * together, in bytes of UTF-8.
 * @throws {WildcastError} `too_large`
 */
export function checkPublishSize({ message = '', headers, error, key = '' }: Sizable, most: number = Infinity): void {
  if (key[mostKeyBytes]) refuse(`${mostKeyBytes} bytes of key: shorten it`)
  // A UTF-16 unit takes at most 3 bytes, so a short text needs no count.
  if (!headers && !error && message.length * 3 <= most) return
  const extra = [headers, error?.code, error?.message].flat(2).join('')
  const extraBytes = payloadBytes(extra).length
  if ((headers && headers.length > mostHeaders) || extraBytes > mostHeaderBytes)
    refuse(`${mostHeaders} headers, or ${mostHeaderBytes} bytes of headers and error: use the payload`)
  if (payloadBytes(message).length + extraBytes > most) refuse(`${most} bytes: send it in parts`)
}

function refuse(text: string): never {
  throw new WildcastError('too_large', `more than ${text}`)
}
