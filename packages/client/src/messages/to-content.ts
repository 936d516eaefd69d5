import { type HeadersInput, type PublishFrame, toHeaders, toPayload } from '@wildcast/protocol/client'

/**
 * What a frame carries of the caller's data and headers: copies, since a frame may wait.
 * @throws {TypeError} if they can't travel
 */
export function toContent(
  data: unknown,
  headers: HeadersInput | null | undefined,
): Pick<PublishFrame, 'message' | 'headers'> {
  return { message: toPayload(data), headers: toHeaders(headers) }
}
