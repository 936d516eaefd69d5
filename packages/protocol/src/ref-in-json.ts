/** Characters from a key to the end of its value, with white space: no number of a sane client takes more. */
const longestValue = 64
const [quote, backslash, openBrace, closeBrace, openBracket, closeBracket] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d]

/**
 * The `ref` of a frame in JSON that can not be parsed, or is not a frame: the first one that stands directly in the body of a kind. The text is read once, from its
 * beginning, and nothing is built from it.
 */
export function refInJson(text: string): number | undefined {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === openBrace || unit === openBracket) depth++
    else if (unit === closeBrace || unit === closeBracket) depth--
    else if (unit === quote) {
      const end = endOfString(text, at)
      const ref = depth === 2 && end - at === 4 && text.startsWith('"ref"', at) ? valueAt(text, end + 1) : undefined
      if (ref !== undefined) return ref
      at = end
    }
  }
  return undefined
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === quote) return at
    if (unit === backslash) at++
  }
  return text.length
}

/** The whole number that follows a key; undefined if something else does. */
function valueAt(text: string, at: number): number | undefined {
  const found = /^\s*:\s*(\d[\d.eE+-]*)\s*[,}]/.exec(text.slice(at, at + longestValue))
  const value = Number(found?.[1])
  return Number.isSafeInteger(value) ? value : undefined
}
