import { type PublishFrame, payloadBytes, WildcastError } from '@wildcast/protocol/client'

/**
 * `limits.headers`, `limits.headerBytes` and `limits.keyBytes` of the protocol: imported, all
 * limits would come with them.
 */
const mostHeaders = 64
const mostHeaderBytes = 8192
const mostKeyBytes = 256

/** A frame, whether it has a payload or not. */
type Sizable = { readonly kind?: string } & Partial<Pick<PublishFrame, 'message' | 'headers' | 'error' | 'key'>>

/**
 * Refuses what the relay would refuse: it counts the payload, the headers and the error together,
 * in bytes of UTF-8.
 * @throws {WildcastError} `too_large`
 */
export function checkPublishSize({ message = '', headers, error, key = '' }: Sizable, most: number = Infinity): void {
  if (key[mostKeyBytes]) refuse(`${mostKeyBytes} bytes of key: shorten it`)
  // A UTF-16 unit takes 3 bytes at most, so short texts need no count.
  if (!headers && !error && message.length * 3 <= most) return
  const beside = [headers, error?.code, error?.message].flat(2).join('')
  const besideBytes = payloadBytes(beside).length
  if ((headers && headers.length > mostHeaders) || besideBytes > mostHeaderBytes)
    refuse(`${mostHeaders} headers or ${mostHeaderBytes} bytes of them and error: use the payload`)
  if (payloadBytes(message).length + besideBytes > most) refuse(`${most} bytes: send it in parts`)
}

function refuse(text: string): never {
  throw new WildcastError('too_large', `more than ${text}`)
}
