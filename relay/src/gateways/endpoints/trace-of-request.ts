import { type Headers, headerSize, isHeaderValue } from '@wildcast/protocol'
import type { Context } from 'hono'

/** The most characters of a `tracestate` that is passed on; W3C Trace Context asks for these. */
const mostState = 512

/**
 * Returns the headers of a message that continue the trace of a request. Undefined if it has none,
 * or if they have no room.
 * @param room - the bytes that the message may still have
 */
export function traceOfRequest(c: Context, room: number): Headers | undefined {
  const parent = c.req.header('traceparent') ?? ''
  if (!/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(parent)) return undefined
  const headers: (readonly [name: string, value: string])[] = [['traceparent', parent]]
  const state = c.req.header('tracestate') ?? ''
  if (state !== '' && state.length <= mostState && isHeaderValue(state)) headers.push(['tracestate', state])
  return headerSize({ headers }) <= room ? headers : undefined
}
