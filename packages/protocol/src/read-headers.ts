import { isHeaderName, isHeaderValue } from './header-form.js'
import { headersTooLarge } from './header-size.js'
import { limits } from './limits.js'
import type { Headers } from './message.js'
import { type Body, isAbsent, refuseField } from './read-fields.js'
import { isRecord } from './tagged.js'

export function readOptionalHeaders(body: Body): Headers | undefined {
  const value = body.headers
  if (isAbsent(value)) return undefined
  if (!isRecord(value)) throw refuseField('headers', 'an object')
  const headers: (readonly [name: string, value: string])[] = []
  for (const name of Object.keys(value)) {
    const values = readHeaderValues(value[name])
    // Counted before they are checked: later steps took a minute for 20,000 names.
    if (headers.length + values.length > limits.headers) throw headersTooLarge()
    checkHeader(name, values)
    for (const text of values) headers.push([name, text])
  }
  return headers
}

/**
 * Returns the value of a name, or its values. An empty array counts as a value, which `checkHeader`
 * refuses.
 */
function readHeaderValues(value: unknown): readonly unknown[] {
  return Array.isArray(value) && value.length > 0 ? value : [value]
}

function checkHeader(name: string, values: readonly unknown[]): asserts values is readonly string[] {
  const isLonger = (text: unknown): boolean => typeof text === 'string' && text.length > limits.headerBytes
  if (isLonger(name) || values.some(isLonger)) throw headersTooLarge()
  if (!isHeaderName(name)) throw refuseField('headers', 'named by tokens (RFC 9110, 5.6.2), "__proto__" excepted')
  if (!values.every((text) => typeof text === 'string' && isHeaderValue(text)))
    throw refuseField(`headers.${name}`, 'a string without control characters, or an array of such strings')
}
