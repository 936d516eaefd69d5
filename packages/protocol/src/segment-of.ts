import { encodeUtf8 } from './utf8.js'

/** What a segment may not hold, and what marks an escape. */
const unsafe = /[\s\p{Cc}\p{Cs}*>#+/.~%]/gu

/**
 * Text from elsewhere, such as a user's name, as one segment of a subject: what a segment may not
 * hold, `~` and `%` are percent-escaped in UTF-8. A `$` or `_` at its beginning is escaped too, so
 * that the text can't become a reserved name. Undefined if the text is empty.
 */
export function segmentOf(text: string): string | undefined {
  if (text === '') return undefined
  return text.replace(unsafe, escaped).replace(/^[$_]/, escaped)
}

function escaped(character: string): string {
  return [...encodeUtf8(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}
