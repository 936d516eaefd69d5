import { capture } from './capture.js'
import { isReserved, type Pattern, type Subject } from './subject.js'

/** Whether a subject belongs to a pattern. No leading wildcard reaches a reserved subject. */
export function matches(pattern: Pattern, subject: Subject): boolean {
  return !(pattern[0] === '*' && isReserved(subject)) && capture(pattern, subject) !== undefined
}

/** Whether at least one subject belongs to both patterns. Symmetric. */
export function intersects(a: Pattern, b: Pattern): boolean {
  const left = a.split('.')
  const right = b.split('.')
  const noReservedStart = left[0]?.[0] === '*' || right[0]?.[0] === '*'
  const seen = new Set<number>()

  const meet = (i: number, j: number, atStart: boolean): boolean => {
    const key = (i * (right.length + 1) + j) * 2 + (atStart ? 1 : 0)
    if (seen.has(key)) return false // tried before, in vain
    seen.add(key)
    const l = left[i]
    const r = right[j]
    if (l === undefined && r === undefined) return !atStart
    if (l === '**' && meet(i + 1, j, atStart)) return true
    if (r === '**' && meet(i, j + 1, atStart)) return true
    if (l === undefined || r === undefined) return false
    const literal = l[0] === '*' ? r : l
    if (l[0] !== '*' && r[0] !== '*' && l !== r) return false
    if (atStart && noReservedStart && isReserved(literal)) return false
    return meet(l === '**' ? i : i + 1, r === '**' ? j : j + 1, false)
  }
  return meet(0, 0, true)
}
