import { type Headers, isHeaderName, isHeaderValue } from '@wildcast/protocol/client'

/** Headers as a caller gives them: an object, a `Map`, or the platform's own `Headers`. Names are case-sensitive. */
export type HeadersInput = Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>

/**
 * A copy of the headers that a caller gave, since a frame may wait; undefined if there are none.
 * @throws {TypeError} if a name is not a token (RFC 9110, 5.6.2), or a value is not a string without control characters
 */
export function toHeaders(given: HeadersInput | null | undefined): Headers | undefined {
  given ??= {}
  if (typeof given !== 'object') throw new TypeError('headers: give an object or a Map of strings')
  const headers = new Map(Symbol.iterator in given ? given : Object.entries(given))
  for (const [name, value] of headers)
    if (typeof name !== 'string' || typeof value !== 'string' || !isHeaderName(name) || !isHeaderValue(value))
      throw new TypeError(`header "${String(name)}": give a token and a string without controls`)
  return headers.size > 0 ? headers : undefined
}
