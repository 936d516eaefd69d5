import { type ByteList, readByteList } from './byte-list.js'
import type { WildcastError } from './errors.js'
import { limits } from './limits.js'
import { refusal, withoutStackTrace } from './refusal.js'

/** Characters from which on an array of bytes is taken out before the rest is parsed. */
const longList = 1024

/**
 * How the text begins that stands for a long array while the rest is parsed, and what it may go on
 * with. JSON has one way to write each of these characters: what is not found in a text is not in
 * its strings either.
 */
const markBegins = '\\u0001'
const [markLow, markHigh] = ['\\u0002', '\\u0003']

/**
 * Parses JSON text from an untrusted peer. Nesting and the number of values are limited while
 * scanning, since `JSON.parse` of a million brackets or keys keeps the process busy for a third of
 * a second and gives a value that nothing can encode again. A long array of numbers from 0 to 255
 * is a payload, and becomes bytes.
 * @throws {WildcastError} `invalid_frame`, or `too_large` if there are too many values
 */
export function parseJson(text: string): unknown {
  const lists = scan(text)
  if (lists.length === 0) return parse(() => JSON.parse(text))
  const between = [...lists, undefined].map((list, i) => text.slice(lists[i - 1]?.to ?? 0, list?.from))
  const mark = markNotIn(between)
  const marked = between.reduce((before, after, i) => `${before}"${mark}${i - 1}"${after}`)
  const begins = JSON.parse(`"${mark}"`) as string
  return parse(() => JSON.parse(marked, (_, value) => bytesOf(value, begins, lists) ?? value))
}

function parse(run: () => unknown): unknown {
  try {
    return withoutStackTrace(run)
  } catch (cause) {
    throw refuse('the frame is not JSON', cause)
  }
}

/** Checks depth and number of values. Returns the long arrays of bytes. */
function scan(text: string): readonly ByteList[] {
  const long: ByteList[] = []
  let depth = 0
  let values = 1
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0x22) i = endOfString(text, i)
    else if (unit === 0x2c) values++
    else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > limits.depth) throw refuse(`the frame is nested deeper than ${limits.depth}`)
      values++
      const list = unit === 0x5b ? longListAt(text, i) : undefined
      if (list) {
        long.push(list)
        i = list.to - 2 // its bracket closes it, as any other
      }
    } else if (unit === 0x5d || unit === 0x7d) depth--
    if (values > limits.values)
      throw refusal('too_large', `the frame has more than ${limits.values} values; put them into the payload`)
  }
  return long
}

/** The array of bytes that begins here, if it is a long one. */
function longListAt(text: string, start: number): ByteList | undefined {
  const list = beginsNumber(text.charCodeAt(start + 1)) ? readByteList(text, start) : undefined
  return list && list.to - list.from > longList ? list : undefined
}

/** A digit, or white space before one. */
function beginsNumber(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09
}

/** Index of the quote that ends the string which begins at `start`; the text's end if none does. */
function endOfString(text: string, start: number): number {
  const quote = text.indexOf('"', start + 1)
  if (quote < 0) return text.length
  return isEscaped(text, quote) ? endAfterEscapes(text, quote) : quote
}

/**
 * Characters that are looked at one by one before `indexOf` is called again: where quotes are
 * escaped, many may be.
 */
const shortWay = 32

/** The same, from an escaped quote on. */
function endAfterEscapes(text: string, start: number): number {
  let jumpAt = start + shortWay
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0x22) return at
    if (unit === 0x5c) at++
    else if (at >= jumpAt) {
      at = text.indexOf('"', at)
      if (at < 0) break
      if (!isEscaped(text, at)) return at
      jumpAt = at + shortWay
    }
  }
  return text.length
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0
  while (text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes++
  return slashes % 2 === 1
}

/**
 * A mark that none of the texts holds, as JSON writes it: with each character that is added, at
 * most half of what was like it so far still is.
 */
function markNotIn(texts: readonly string[]): string {
  let mark = markBegins
  let alike = texts.flatMap((text) => text.split(markBegins).slice(1))
  while (alike.length > 0) {
    const low = alike.filter((rest) => rest.startsWith(markLow))
    const high = alike.filter((rest) => rest.startsWith(markHigh))
    mark += low.length <= high.length ? markLow : markHigh
    alike = (low.length <= high.length ? low : high).map((rest) => rest.slice(markLow.length))
  }
  return mark
}

/** The array that a parsed text stands for, which begins with the mark then. */
function bytesOf(value: unknown, begins: string, lists: readonly ByteList[]): Uint8Array | undefined {
  return typeof value === 'string' && value.startsWith(begins)
    ? lists[Number(value.slice(begins.length))]?.bytes
    : undefined
}

const refuse = (why: string, cause?: unknown): WildcastError => refusal('invalid_frame', why, { cause })
