import { isExact, type Pattern, type Subject } from '@wildcast/protocol'

/** The bounds of `ZRANGEBYLEX`. */
export interface NameRange {
  readonly low: string
  readonly high: string
}

/** Returns the range of names, by their bytes, outside of which a pattern matches none. */
export function nameRange(pattern: Pattern, after: Subject | undefined): NameRange {
  const literal = literalStart(pattern)
  const low = literal === '' ? '-' : `[${literal}`
  // "/" is the character after ".", and is in no subject.
  const high = isExact(pattern) ? low : literal === '' ? '+' : `(${literal}/`
  return { low: after === undefined ? low : `(${after}`, high }
}

/** Returns the segments before the first wildcard. */
function literalStart(pattern: Pattern): string {
  const segments = pattern.split('.')
  const wildcard = segments.findIndex((segment) => segment.startsWith('*'))
  return segments.slice(0, wildcard < 0 ? undefined : wildcard).join('.')
}
