import { capture } from './capture.js'
import { isReserved, type Pattern, type Subject } from './subject.js'

/** Whether a subject belongs to a pattern. No leading wildcard reaches a reserved subject. */
export function matches(pattern: Pattern, subject: Subject): boolean {
  return !(pattern[0] === '*' && isReserved(subject)) && capture(pattern, subject) !== undefined
}
