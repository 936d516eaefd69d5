import { parseSubject, type Subject } from '@wildcast/protocol'

/**
 * How the names of a foreign broker become subjects, and back. Each name has a subject of its own,
 * and each subject a name of its own.
 */
export interface ForeignNames {
  /**
   * The subject of a foreign name. Undefined if that is not a valid subject, such as one that is
   * too long.
   */
  subjectOf(name: string): Subject | undefined
  nameOf(subject: Subject): string
  /** The foreign form of one literal segment of a pattern. */
  literal(segment: string): string
}

export interface NameRules {
  /** What joins the segments of a foreign name. */
  readonly separator: '.' | '/'
  /**
   * The characters that foreign names may hold and subjects may not: in subjects they are
   * percent-escaped. ASCII.
   */
  readonly escaped: string
  /** Whether a foreign segment may be empty, which a subject writes `%`. @default false */
  readonly emptySegments?: boolean | undefined
}

/**
 * Names by PROTOCOL.md, section 3. A subject escapes what it can't hold, and a foreign name that
 * reads like such an escape gets a `%25` for its `%`; an escape that this broker does not need
 * stands for itself.
 */
export function foreignNames({ separator, escaped, emptySegments = false }: NameRules): ForeignNames {
  const codes = [...escaped].map(codeOf).join('|')
  const special = `[${escaped.replace(/[\]\\^-]/g, '\\$&')}]`
  // What reads like an escape, or like one that was escaped itself, any number of times.
  const inward = new RegExp(`${special}|%(?=(?:25)*(?:${codes}))`, 'g')
  const outward = new RegExp(`%(?:25(?=(?:25)*(?:${codes}))|(${codes}))`, 'g')

  function segmentOf(name: string): string {
    if (emptySegments && /^(?:%(?:25)*)?$/.test(name)) return name === '' ? '%' : `%25${name.slice(1)}`
    return name.replace(inward, (char) => `%${codeOf(char)}`)
  }

  function literal(segment: string): string {
    if (!segment.includes('%')) return segment
    if (emptySegments && /^%(?:25)*$/.test(segment)) return segment === '%' ? '' : `%${segment.slice(3)}`
    return segment.replace(outward, (_, code: string | undefined) =>
      code === undefined ? '%' : String.fromCharCode(Number.parseInt(code, 16)),
    )
  }

  return {
    subjectOf(name) {
      try {
        return parseSubject(name.split(separator).map(segmentOf).join('.'))
      } catch {
        return undefined // the caller counts it: a stranger's name is nobody's error
      }
    },
    nameOf: (subject) => subject.split('.').map(literal).join(separator),
    literal,
  }
}

function codeOf(char: string): string {
  return char.charCodeAt(0).toString(16).toUpperCase()
}
