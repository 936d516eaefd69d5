import type { Headers } from '@wildcast/protocol'

/** The values of a name, in order. */
export function valuesOf(headers: Headers | undefined, wanted: string): readonly string[] {
  return headers?.flatMap(([name, value]) => (name === wanted ? [value] : [])) ?? []
}

/** The headers with one value of that name, which comes last. */
export function withHeader(headers: Headers | undefined, name: string, value: string): Headers {
  return [...(headers ?? []).filter(([other]) => other !== name), [name, value]]
}
