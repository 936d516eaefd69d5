import { isReserved, matches, type Pattern, type Subject } from '@wildcast/protocol'

const dot = '.'.charCodeAt(0)

/**
 * Prepares a pattern for `matches` with many subjects. A permission is checked for each publish, so
 * this allocates nothing; most patterns have at most a final `**`.
 */
export function subjectTest(pattern: Pattern): (subject: Subject) => boolean {
  const all = pattern.split('.')
  const isOpen = all.at(-1) === '**'
  const own = isOpen ? all.slice(0, -1) : all
  if (own.includes('**')) return (subject) => matches(pattern, subject)
  const hasLeadingWildcard = pattern[0] === '*'
  return (subject) => {
    const end = restAfter(own, subject)
    if (end === undefined || (end <= subject.length && !isOpen)) return false
    return !(hasLeadingWildcard && isReserved(subject))
  }
}

/**
 * Returns the index after the segments and their dots, which is beyond the subject if it has no
 * more. Undefined if it begins with others.
 */
function restAfter(segments: readonly string[], subject: Subject): number | undefined {
  const { length } = subject
  let at = 0
  for (const segment of segments) {
    if (at > length) return undefined
    if (segment === '*') {
      const next = subject.indexOf('.', at)
      at = next < 0 ? length : next
    } else {
      if (!subject.startsWith(segment, at)) return undefined
      at += segment.length
      if (at < length && subject.charCodeAt(at) !== dot) return undefined
    }
    at++
  }
  return at
}
