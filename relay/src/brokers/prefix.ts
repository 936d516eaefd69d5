import { isPattern, type Pattern, WildcastError } from '@wildcast/protocol'

/** The segments that a broker puts before each subject. */
export interface Prefix {
  /** @throws {WildcastError} `invalid_subject` if it is too long behind the prefix */
  add<Name extends Pattern>(subject: Name): Name
  /** Undefined if the subject is outside the prefix. */
  remove<Name extends Pattern>(subject: Name): Name | undefined
}

/** @param segments - joined by dots, such as `shop` */
export function prefixOf(segments: string): Prefix {
  const begin = `${segments}.`
  return {
    add(subject) {
      const whole = `${begin}${subject}`
      // Shorter ones have neither too many bytes nor too many segments.
      if (whole.length > 256 && !isPattern(whole))
        throw new WildcastError(
          'invalid_subject',
          'the subject is too long behind the prefix of its broker; shorten it',
        )
      return whole as typeof subject
    },
    remove: (subject) => (subject.startsWith(begin) ? (subject.slice(begin.length) as typeof subject) : undefined),
  }
}
