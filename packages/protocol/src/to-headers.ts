import { isHeaderName, isHeaderValue } from './header-form.js'
import type { Headers } from './message.js'

/** The value of a header, or its values if the name is repeated. */
type HeaderValues = string | readonly string[]

/**
 * Headers that a caller passes: an object, a `Map`, pairs, or the platform's own `Headers`. Names
 * are case-sensitive.
 */
export type HeadersInput =
  | Readonly<Record<string, HeaderValues>>
  | Iterable<readonly [name: string, values: HeaderValues]>

/**
 * Copies the headers that a caller passed, since a frame may be queued. Returns undefined without
 * any.
 * @throws {TypeError} if a name is not a token (RFC 9110, 5.6.2), or a value is not a string
 * without control characters
 */
export function toHeaders(given: HeadersInput | null | undefined): Headers | undefined {
  given ??= {}
  if (typeof given !== 'object') throw new TypeError('headers: give an object, a Map or pairs')
  const headers: (readonly [name: string, value: string])[] = []
  for (const entry of Symbol.iterator in given ? given : Object.entries(given)) {
    const [name, first, ...more]: readonly unknown[] = [entry].flat(2)
    // A name without a value gets the value undefined, which is refused.
    for (const value of [first, ...more]) {
      if (typeof name !== 'string' || typeof value !== 'string' || !isHeaderName(name) || !isHeaderValue(value))
        throw new TypeError(`header "${String(name)}": give a token and strings without controls`)
      headers.push([name, value])
    }
  }
  return headers[0] && headers
}
