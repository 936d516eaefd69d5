import { encodeUtf8, isWellFormed } from './utf8.js'

/** Characters that no segment may have, and those that mark an escape. */
const unsafe = /[\s\p{Cc}\p{Cs}*>#+/.~%]/gu

/**
 * Converts text from elsewhere, such as a user's name, to one segment of a subject: characters that
 * no segment may have, `~` and `%` are percent-escaped in UTF-8. A `$` or `_` at the start is
 * escaped too, so that the text can't become a reserved name. Returns undefined for an empty text.
 */
export function segmentOf(text: string): string | undefined {
  if (text === '' || !isWellFormed(text)) return undefined
  return text.replace(unsafe, escaped).replace(/^[$_]/, escaped)
}

function escaped(character: string): string {
  return [...encodeUtf8(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}
