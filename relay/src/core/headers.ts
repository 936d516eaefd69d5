import type { Headers } from '@wildcast/protocol'

/** Returns a header's values, in order. */
export function valuesOf(headers: Headers | undefined, wanted: string): readonly string[] {
  return headers?.flatMap(([name, value]) => (name === wanted ? [value] : [])) ?? []
}

/** Returns the headers with one value of that name, in last place. */
export function withHeader(headers: Headers | undefined, name: string, value: string): Headers {
  return [...(headers ?? []).filter(([other]) => other !== name), [name, value]]
}
