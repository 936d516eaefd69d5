import { WildcastError } from './errors.js'
import { limits } from './limits.js'

/**
 * Parses JSON text that a stranger sent. The nesting is limited while scanning, since `JSON.parse` of a million brackets blocks for a third of a second and gives a
 * value that nothing can encode again.
 * @throws {WildcastError} `invalid_frame`
 */
export function parseJson(text: string): unknown {
  checkDepth(text)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new WildcastError('invalid_frame', 'the frame is not JSON', { cause })
  }
}

function checkDepth(text: string): void {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0x22) i = endOfString(text, i)
    else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > limits.depth)
        throw new WildcastError('invalid_frame', `the frame is nested deeper than ${limits.depth}`)
    } else if (unit === 0x5d || unit === 0x7d) depth--
  }
}

/** Index of the quote that ends the string which begins at `start`; the text's end where none does. */
function endOfString(text: string, start: number): number {
  for (let end = start; ; ) {
    end = text.indexOf('"', end + 1)
    if (end < 0) return text.length
    let slashes = 0
    while (text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++
    if (slashes % 2 === 0) return end
  }
}
