import type { Pattern, Subject } from './subject.js'

/**
 * Returns the texts that the wildcards of a pattern match in a subject, in order: one segment for
 * `*`, zero or more joined by dots for `**` (the first `**` matches as few as possible). Returns
 * undefined if the subject does not match. Ignores the rule for reserved subjects, which `matches`
 * checks.
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
      // A run between two `**` matches as early as possible: that leaves the most segments for the
      // runs after it.
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

/** Splits a pattern at its `**` into runs of segments. */
export function runsOf(pattern: Pattern): string[][] {
  return pattern.split('**').map((run) => run.split('.').filter(Boolean))
}
