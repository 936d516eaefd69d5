import { checkHeaders, headerSize, type PublishFrame, payloadSize, WildcastError } from '@wildcast/protocol'

/**
 * Refuses what the relay would refuse: it counts the payload, the headers and the error together, in bytes of UTF-8.
 * @throws {WildcastError} `too_large`
 */
export function checkSize(
  frame: Partial<Pick<PublishFrame, 'message' | 'headers' | 'error'>>,
  most: number | undefined,
): void {
  const { message = '', headers, error } = frame
  // A UTF-16 unit takes 3 bytes at most, so short texts need no count.
  if (!headers && !error && message.length * 3 <= (most ?? 0)) return
  checkHeaders(frame)
  if (payloadSize(message) + headerSize(frame) > (most ?? Number.POSITIVE_INFINITY))
    throw new WildcastError('too_large', `more than ${most} bytes: send it in parts`)
}
