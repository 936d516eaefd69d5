// A client needs no more than this: its relay checks again, to the byte, and says what is wrong.

// In this order: what no segment may hold (\p{Cs} is a lone surrogate), an empty segment, more than 255 characters, more than 32 segments.
const invalid = /[\s\p{Cc}\p{Cs}*>#+/]|(^|\.)(\.|$)|^.{256}|^(?:[^.]*\.){32}/u
const wildcard = /(^|\.)(?:\*\*?|[>#]$)(?=\.|$)/g

/** Whether a text has the form of a subject. Its bytes are not counted. */
export function isSubject(text: string): boolean {
  return !invalid.test(text)
}

/** Whether a text has the form of a pattern: a subject in which whole segments may be wildcards. */
export function isPattern(text: string): boolean {
  return isSubject(text.replace(wildcard, '$1x'))
}
