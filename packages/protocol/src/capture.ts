import type { Pattern, Subject } from './subject.js'

/**
 * What the wildcards of a pattern stand for in a subject, in order: one segment for `*`, zero or
 * more joined by dots for `**` (the first `**` takes as few as it can). Undefined if the subject
 * does not belong to the pattern. Reserved subjects are the business of `matches`.
 * @example capture(parsePattern('room.*.**'), parseSubject('room.7.msg.new')) // ['7', 'msg.new']
 */
export function capture(pattern: Pattern, subject: Subject): readonly string[] | undefined {
  const segments = subject.split('.')
  const found: string[] = []
  let at = 0
  const runs = runsOf(pattern)
  for (const [i, run] of runs.entries()) {
    const from = at
    const last = segments.length - run.length
    const fits = (): boolean => run.every((segment, j) => segment === '*' || segment === segments[at + j])
    if (i > 0) {
      // A run between two `**` stands as early as it can: that leaves the most room for what
      // follows.
      while (at < last && (i === runs.length - 1 || !fits())) at++
      found.push(segments.slice(from, at).join('.'))
    }
    if (at > last || !fits()) return undefined
    for (const segment of run) {
      if (segment === '*') found.push(segments[at] as string)
      at++
    }
  }
  return at === segments.length ? found : undefined
}

/** The segments of a pattern before, between and after its `**`. */
export function runsOf(pattern: Pattern): string[][] {
  return pattern.split('**').map((run) => run.split('.').filter(Boolean))
}
