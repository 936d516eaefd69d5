import { isReserved, type Pattern, type Subject } from './subject.js'

/**
 * What the wildcards of a pattern stand for in a subject, in order: one segment for `*`, zero or more joined by dots for `**` (the first `**` takes as few as
 * it can). Undefined where they differ. That no leading wildcard reaches a reserved subject is for `matches` to say.
 * @example capture('room.*.**', 'room.7.msg.new') // ['7', 'msg.new']
 */
export function capture(pattern: Pattern, subject: Subject): readonly string[] | undefined {
  return captureFrom(pattern.split('.'), subject.split('.'))
}

// Bounded: a pattern holds two `**` at most, so this tries at most segments² ways.
function captureFrom([segment, ...pattern]: readonly string[], subject: readonly string[]): string[] | undefined {
  if (segment === undefined) return subject.length > 0 ? undefined : []
  const wild = segment[0] === '*'
  if (!wild && segment !== subject[0]) return undefined
  const [least, most] = segment === '**' ? [0, subject.length] : [1, 1]
  for (let taken = least; taken <= most && taken <= subject.length; taken++) {
    const rest = captureFrom(pattern, subject.slice(taken))
    if (rest) return wild ? [subject.slice(0, taken).join('.'), ...rest] : rest
  }
  return undefined
}

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
