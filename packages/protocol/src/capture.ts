import type { Pattern, Subject } from './subject.js'

/**
 * What the wildcards of a pattern stand for in a subject, in order: one segment for `*`, zero or more joined by dots for `**` (the first `**` takes as few as
 * it can). Undefined where they differ. That no leading wildcard reaches a reserved subject is for `matches` to say.
 * @example capture(parsePattern('room.*.**'), parseSubject('room.7.msg.new')) // ['7', 'msg.new']
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
