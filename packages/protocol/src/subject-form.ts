// A client needs no more than this: its relay checks again, to the byte, and says what is wrong.

// In this order: what no segment may hold (\p{Cs} is a lone surrogate), an empty segment, more than
// 1,024 characters, more than 256 segments.
const invalid = /[\s\p{Cc}\p{Cs}*>#+/]|(^|\.)(\.|$)|^.{1025}|^(?:[^.]*\.){256}/u
const wildcard = /(^|\.)(?:\*\*?|[>#]$)(?=\.|$)/g

/** Whether a text has the form of a subject. Its bytes are not counted. */
export function isSubject(text: string): boolean {
  return !invalid.test(text)
}

/** Whether a text has the form of a pattern: a subject in which whole segments may be wildcards. */
export function isPattern(text: string): boolean {
  return isSubject(text.replace(wildcard, '$1x'))
}
