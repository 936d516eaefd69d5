import type { Headers } from '@wildcast/protocol'
import { pathHeader } from './broker.js'

/** Returns a header's values, in order. */
export function valuesOf(headers: Headers | undefined, wanted: string): readonly string[] {
  return headers?.flatMap(([name, value]) => (name === wanted ? [value] : [])) ?? []
}

/** Returns the headers with one value of that name, in last place. */
export function withHeader(headers: Headers | undefined, name: string, value: string): Headers {
  return [...(headers ?? []).filter(([other]) => other !== name), [name, value]]
}

/**
 * Returns the headers of a client without a bridge's path: with a forged one, bridges would drop
 * the message.
 */
export function withoutPath(headers: Headers | undefined): Headers | undefined {
  return headers?.some(([name]) => name === pathHeader) ? headers.filter(([name]) => name !== pathHeader) : headers
}
