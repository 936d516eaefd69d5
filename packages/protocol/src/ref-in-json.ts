const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d]

/**
 * Characters from a key to the end of its value, with white space: no number of a sane client takes
 * more.
 */
const longestValue = 64
/**
 * Brackets and quotes that are looked at: a frame of a sane client has fewer, and this takes a
 * millisecond.
 */
const mostMarks = 40_000

/**
 * The `ref` of a frame in JSON that can not be parsed, or is not a frame: the first one that stands
 * directly in the body of a kind. The text is read once, from its beginning, and nothing is built
 * from it. Undefined if there is none, or it stands behind too much.
 */
export function refInJson(text: string): number | undefined {
  let depth = 0
  for (let at = 0, marks = 0; at < text.length && marks < mostMarks; at++) {
    const unit = text.charCodeAt(at)
    if (unit === quote) {
      const end = endOfString(text, at, mostMarks - marks)
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

/** Where a string ends, after so many quotes at most, and how many quotes it took to find that. */
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

/** The whole number that follows a key; undefined if something else does. */
function valueAt(text: string, at: number): number | undefined {
  const found = /^\s*:\s*(\d[\d.eE+-]*)\s*[,}]/.exec(text.slice(at, at + longestValue))
  const value = Number(found?.[1])
  return Number.isSafeInteger(value) ? value : undefined
}
