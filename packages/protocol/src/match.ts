import { isReserved, type Pattern, type Subject } from './subject.js'

/**
 * What the wildcards of a pattern stand for in a subject, in order: one segment for `*`, zero or more joined by dots for `**` (the first `**` takes as few as
 * it can). Undefined where the pattern does not match.
 * @example capture('room.*.**', 'room.7.msg.new') // ['7', 'msg.new']
 */
export function capture(pattern: Pattern, subject: Subject): readonly string[] | undefined {
  if (pattern[0] === '*' && isReserved(subject)) return undefined
  return captureFrom(pattern.split('.'), 0, subject.split('.'), 0)
}

/** Whether a subject belongs to a pattern. */
export function matches(pattern: Pattern, subject: Subject): boolean {
  return capture(pattern, subject) !== undefined
}

// Bounded: a pattern holds two `**` at most, so a match tries at most segments² ways.
function captureFrom(
  pattern: readonly string[],
  p: number,
  subject: readonly string[],
  s: number,
): string[] | undefined {
  const found: string[] = []
  for (; p < pattern.length; p++, s++) {
    const segment = pattern[p]
    if (segment === '**') {
      for (let end = s; end <= subject.length; end++) {
        const rest = captureFrom(pattern, p + 1, subject, end)
        if (rest) return [...found, subject.slice(s, end).join('.'), ...rest]
      }
      return undefined
    }
    const here = subject[s]
    if (here === undefined || (segment !== '*' && segment !== here)) return undefined
    if (segment === '*') found.push(here)
  }
  return s === subject.length ? found : undefined
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
