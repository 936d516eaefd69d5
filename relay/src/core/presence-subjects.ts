import {
  isPresence,
  isSubject,
  type Pattern,
  parseSubject,
  type Subject,
  segmentOf,
  WildcastError,
} from '@wildcast/protocol'

const prefix = '$presence.'

/** Stands for the user of a client that has none. */
const anonymous = 'anonymous'

/**
 * Returns the subject of the value that a member of a subject has.
 * @throws {WildcastError} `invalid_frame` if the name of the member is invalid; `invalid_subject`
 */
export function memberSubject(subject: Subject, user: string | undefined, member: string): Subject {
  if (!isSubject(member) || /[.~]/.test(member))
    throw new WildcastError('invalid_frame', '"member" must be one segment of a subject, without "~"')
  return parseSubject(`${prefix}${subject}.${userSegment(user)}~${member}`)
}

/** A user of the name "anonymous" is another one than a client without a user. */
function userSegment(user = ''): string {
  return user === anonymous ? `%61${anonymous.slice(1)}` : (segmentOf(user) ?? anonymous)
}

/**
 * Returns what the values of one member share, for the subject of one of its values: all clients of
 * a user, or one client without a user.
 */
export function nameOfMember(subject: Subject): string {
  const name = subject.slice(0, subject.lastIndexOf('~'))
  return name.endsWith(`.${anonymous}`) ? subject : name
}

/**
 * Returns the pattern whose members a subscription receives: `room.*` for `$presence.room.*.*`.
 * Undefined for any other pattern.
 */
export function patternOfMembers(pattern: Pattern): Pattern | undefined {
  if (!isPresence(pattern)) return undefined
  const rest = pattern.slice(prefix.length)
  // In the normal form, the star of the members is before a final `**`.
  const outer = rest.replace(/(?<=^|\.)\*\.\*\*$/, '**')
  if (outer !== rest) return outer as Pattern
  return rest.endsWith('.*') ? (rest.slice(0, -2) as Pattern) : undefined
}

/** Returns the subject whose presence has this member: `room.1` for `$presence.room.1.<member>`. */
export function roomOfMember(member: Pattern): Pattern {
  return member.slice(prefix.length, member.lastIndexOf('.')) as Pattern
}
