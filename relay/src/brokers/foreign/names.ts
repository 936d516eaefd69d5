import { parseSubject, type Subject, WildcastError } from '@wildcast/protocol'

/** How the names of a foreign broker become subjects, and back. No two names become one subject. */
export interface ForeignNames {
  /** The subject of a foreign name; undefined where it fits none. */
  subjectOf(name: string): Subject | undefined
  /** @throws {WildcastError} `invalid_subject` where a `%` escape in it stands for nothing that this broker's names may hold */
  nameOf(subject: Subject): string
  /** The foreign form of one literal segment of a pattern. @throws {WildcastError} `invalid_subject`, as above */
  literal(segment: string): string
}

export interface NameRules {
  /** What joins the segments of a foreign name. */
  readonly separator: '.' | '/'
  /** The characters that foreign names may hold and subjects may not: in subjects they are percent-escaped. ASCII. */
  readonly escaped: string
  /** Whether a foreign segment may be empty, which a subject writes `%`. @default false */
  readonly emptySegments?: boolean | undefined
}

/** Names by PROTOCOL.md, section 3: only what a subject can't hold is escaped, and a `%` that would read as an escape. */
export function foreignNames({ separator, escaped, emptySegments = false }: NameRules): ForeignNames {
  const special = new RegExp(`[${escaped.replace(/[\]\\^-]/g, '\\$&')}]|%(?=[0-9A-Fa-f]{2})`, 'g')

  function inward(segment: string): string {
    if (emptySegments && segment === '') return '%'
    if (emptySegments && segment === '%') return '%25'
    return segment.replace(special, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  }

  function outward(segment: string): string {
    if (!segment.includes('%')) return segment
    const foreign =
      emptySegments && segment === '%'
        ? ''
        : segment.replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    // What does not lead back would be a second name for something else.
    if (foreign.includes(separator) || inward(foreign) !== segment) throw refuse(segment, escaped)
    return foreign
  }

  return {
    subjectOf(name) {
      try {
        return parseSubject(name.split(separator).map(inward).join('.'))
      } catch {
        return undefined // the caller counts it: a stranger's name is nobody's error
      }
    },
    nameOf: (subject) => subject.split('.').map(outward).join(separator),
    literal: outward,
  }
}

function refuse(segment: string, escaped: string): WildcastError {
  const known = [...escaped].map((char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`).join(' ')
  return new WildcastError(
    'invalid_subject',
    `"${segment}" has an escape that this broker's names do not need; it knows ${known}, and %25 for "%" before two hex digits`,
  )
}
