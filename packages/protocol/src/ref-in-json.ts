const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d]

/**
 * Characters from a key to the end of its value, with white space: every number of a sane client is
 * shorter.
 */
const longestValue = 64
/**
 * Limit of the brackets and quotes that are examined, which takes a millisecond. A frame of a sane
 * client has fewer.
 */
const maxMarks = 40_000

/**
 * Finds the `ref` in JSON that can't be parsed or is not a frame: the first one directly in the
 * body of a kind. Reads the text once, from its start, and builds nothing from it. Returns
 * undefined if it is missing, or after too many marks.
 */
export function refInJson(text: string): number | undefined {
  let depth = 0
  for (let at = 0, marks = 0; at < text.length && marks < maxMarks; at++) {
    const unit = text.charCodeAt(at)
    if (unit === quote) {
      const end = endOfString(text, at, maxMarks - marks)
      if (depth === 2 && end.at - at === 4 && text.startsWith('"ref"', at)) {
        const ref = valueAt(text, end.at + 1)
        if (ref !== undefined) return ref
      }
      at = end.at
      marks += end.quotes
    } else if (unit === openBrace || unit === openBracket) {
      depth++
      marks++
    } else if (unit === closeBrace || unit === closeBracket) {
      depth--
      marks++
    }
  }
  return undefined
}

/**
 * Finds the end of a string within `most` quotes. Returns it with the number of quotes examined.
 */
function endOfString(text: string, start: number, most: number): { readonly at: number; readonly quotes: number } {
  let at = start
  for (let quotes = 1; quotes < most; quotes++) {
    at = text.indexOf('"', at + 1)
    if (at < 0) break
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++
    if (slashes % 2 === 0) return { at, quotes }
  }
  return { at: text.length, quotes: most }
}

/** Returns the whole number after a key, or undefined if anything else follows. */
function valueAt(text: string, at: number): number | undefined {
  const found = /^\s*:\s*(\d[\d.eE+-]*)\s*[,}]/.exec(text.slice(at, at + longestValue))
  const value = Number(found?.[1])
  return Number.isSafeInteger(value) ? value : undefined
}
