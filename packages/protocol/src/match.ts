import { capture } from './capture.js'
import { isReserved, type Pattern, type Subject } from './subject.js'

/** Whether a subject matches a pattern. A leading wildcard matches no reserved subject. */
export function matches(pattern: Pattern, subject: Subject): boolean {
  return !(pattern[0] === '*' && isReserved(subject)) && capture(pattern, subject) !== undefined
}
