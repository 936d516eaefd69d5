import type { Pattern } from '@wildcast/protocol'

/** Returns a pattern as people write it: `a.>` for the normal form `a.*.**`. */
export function shortForm(pattern: Pattern): string {
  return pattern.replace(/(^|\.)\*\.\*\*$/, '$1>')
}
