import { parseSubject, type Subject } from '@wildcast/protocol'

/** Converts the names of a foreign broker to subjects and back. The mapping is one-to-one. */
export interface ForeignNames {
  /** Returns undefined if the subject is invalid, for instance too long. */
  subjectOf(name: string): Subject | undefined
  nameOf(subject: Subject): string
  /** Returns the foreign form of one literal segment of a pattern. */
  literal(segment: string): string
}

export interface NameRules {
  /** Separates the segments of a foreign name. */
  readonly separator: '.' | '/'
  /**
   * The ASCII characters that foreign names may hold and subjects may not. Subjects percent-escape
   * them.
   */
  readonly escaped: string
  /** Whether foreign segments may be empty: a `%` in a subject. @default false */
  readonly emptySegments?: boolean | undefined
}

/**
 * Maps names by PROTOCOL.md, section 3. A subject escapes the characters that it can't hold. The
 * `%` of a foreign name that looks like such an escape becomes `%25`. An escape that this broker
 * does not need stays unchanged.
 */
export function foreignNames({ separator, escaped, emptySegments = false }: NameRules): ForeignNames {
  const codes = [...escaped].map(codeOf).join('|')
  const special = `[${escaped.replace(/[\]\\^-]/g, '\\$&')}]`
  // Matches text that looks like an escape, or like an escape that was escaped n times.
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
        return undefined // the caller counts it: a foreign name is no error of this relay
      }
    },
    nameOf: (subject) => subject.split('.').map(literal).join(separator),
    literal,
  }
}

function codeOf(char: string): string {
  return char.charCodeAt(0).toString(16).toUpperCase()
}
