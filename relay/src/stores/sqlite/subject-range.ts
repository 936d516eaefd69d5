import type { Pattern } from '@wildcast/protocol'

/** The subjects in the order of a table, among which those of a pattern are. */
export interface SubjectRange {
  /** The segments of the pattern before its first wildcard. */
  readonly prefix: string
  /** All subjects below the prefix come after this text. */
  readonly first: string
  /** All subjects of the pattern come before this text. */
  readonly end: string | undefined
}

/** Returns the range of a pattern. */
export function rangeOf(pattern: Pattern): SubjectRange {
  const prefix = literalPrefix(pattern)
  if (prefix === '') return { prefix, first: '', end: undefined }
  return { prefix, first: `${prefix}.`, end: `${prefix}/` } // "/" follows "."
}

/** The segments of a pattern before its first wildcard. */
function literalPrefix(pattern: Pattern): string {
  const segments = pattern.split('.')
  const wildcard = segments.findIndex((segment) => segment.startsWith('*'))
  return wildcard < 0 ? pattern : segments.slice(0, wildcard).join('.')
}
