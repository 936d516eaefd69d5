import { type HeadersInput, type PublishFrame, toHeaders, toPayload } from '@wildcast/protocol/client'

/**
 * Converts data and headers to the fields of a frame. Copies them, since a frame may be queued.
 * @throws {TypeError} if they can't be sent
 */
export function toContent(
  data: unknown,
  headers: HeadersInput | null | undefined,
): Pick<PublishFrame, 'message' | 'headers'> {
  return { message: toPayload(data), headers: toHeaders(headers) }
}
