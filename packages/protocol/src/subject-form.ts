// Enough for a client: its relay checks again, to the byte, and reports what is wrong.

// In this order: characters that no segment may have (\p{Cs} is a lone surrogate), an empty
// segment, more than 1,024 characters, more than 256 segments.
const invalid = /[\s\p{Cc}\p{Cs}*>#+/]|(^|\.)(\.|$)|^.{1025}|^(?:[^.]*\.){256}/u
const wildcard = /(^|\.)(?:\*\*?|[>#]$)(?=\.|$)/g

/** Whether a text has the form of a subject. Counts characters, not bytes. */
export function isSubject(text: string): boolean {
  return !invalid.test(text)
}

/** Whether a text has the form of a pattern: a subject in which whole segments may be wildcards. */
export function isPattern(text: string): boolean {
  return isSubject(text.replace(wildcard, '$1x'))
}
