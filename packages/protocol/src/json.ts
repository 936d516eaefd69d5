import { type ByteList, readByteList } from './byte-list.js'
import type { WildcastError } from './errors.js'
import { limits } from './limits.js'
import { refusal, withoutStackTrace } from './refusal.js'

/** Any value that JSON can express. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [name: string]: JsonValue }

/** Arrays of bytes with more characters than this are extracted before the rest is parsed. */
const longList = 1024

/** The bytes that `parseJson` has returned for arrays. */
const fromArrays: WeakSet<Uint8Array> = new WeakSet()

/** Whether these bytes were an array of numbers in the text that `parseJson` has read. */
export function isFromArray(bytes: Uint8Array): boolean {
  return fromArrays.has(bytes)
}

/**
 * The start of the placeholder for a long array while the rest is parsed, and the characters that
 * may extend it. JSON has only one way to write each of them, so what a text does not contain is
 * not in its strings either.
 */
const placeholderStart = '\\u0001'
const [lowMark, highMark] = ['\\u0002', '\\u0003']

/**
 * Parses JSON text from an untrusted peer. A scan first limits nesting and the number of values,
 * since `JSON.parse` of a million brackets or keys blocks the process for a third of a second and
 * returns a value that can't be encoded again. A long array of numbers from 0 to 255 is a payload:
 * it becomes bytes.
 * @throws {WildcastError} `invalid_frame`, or `too_large` if there are too many values
 */
export function parseJson(text: string): unknown {
  const lists = scan(text)
  if (lists.length === 0) return parse(() => JSON.parse(text))
  for (const { bytes } of lists) fromArrays.add(bytes)
  const between = [...lists, undefined].map((list, i) => text.slice(lists[i - 1]?.to ?? 0, list?.from))
  const placeholder = unusedPlaceholder(between)
  const marked = between.reduce((before, after, i) => `${before}"${placeholder}${i - 1}"${after}`)
  const start = JSON.parse(`"${placeholder}"`) as string
  return parse(() => JSON.parse(marked, (_, value) => bytesOf(value, start, lists) ?? value))
}

/** The outcome of `parseJsonData`: the data, or why there is no data. */
export type JsonData =
  | {
      readonly data: unknown
      /** How many numbers are in long arrays of bytes, each of which counts as one value. */
      readonly listed: number
      readonly fault?: undefined
    }
  | { readonly fault: 'not_json' | 'too_large' }

/**
 * Parses JSON text from an untrusted peer that is data, not a frame: with the limits of
 * `parseJson`, but every array stays an array.
 */
export function parseJsonData(text: string): JsonData {
  let listed = 0
  try {
    for (const { bytes } of scan(text)) listed += bytes.length
  } catch {
    return { fault: 'too_large' }
  }
  try {
    return { data: withoutStackTrace(() => JSON.parse(text)), listed }
  } catch {
    return { fault: 'not_json' }
  }
}

function parse(run: () => unknown): unknown {
  try {
    return withoutStackTrace(run)
  } catch (cause) {
    throw refuse('the frame is not JSON', cause)
  }
}

/** Checks the depth and the number of values. Returns the long arrays of bytes. */
function scan(text: string): readonly ByteList[] {
  const long: ByteList[] = []
  let depth = 0
  let values = 1
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit === 0x22) {
      i = endOfString(text, i)
      if (text.charCodeAt(i + 1) === 0x22) break // two strings in a row: the parser stops here
    } else if (unit === 0x2c) values++
    else if (unit === 0x5b || unit === 0x7b) {
      if (++depth > limits.depth) throw refuse(`the frame is nested deeper than ${limits.depth}`)
      values++
      const list = unit === 0x5b ? longListAt(text, i) : undefined
      if (list) {
        long.push(list)
        i = list.to - 2 // the loop handles its closing bracket
      }
    } else if (unit === 0x5d || unit === 0x7d) depth--
    if (values > limits.values)
      throw refusal('too_large', `the frame has more than ${limits.values} values; put them into the payload`)
  }
  return long
}

/** Returns the array of bytes that begins here, if it is a long one. */
function longListAt(text: string, start: number): ByteList | undefined {
  const list = beginsNumber(text.charCodeAt(start + 1)) ? readByteList(text, start) : undefined
  return list && list.to - list.from > longList ? list : undefined
}

/** Whether a number may begin here: a digit, or white space before one. */
function beginsNumber(unit: number): boolean {
  return (unit >= 0x30 && unit <= 0x39) || unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09
}

/** Index of the quote that ends the string from `start`; the length of the text without one. */
function endOfString(text: string, start: number): number {
  const quote = text.indexOf('"', start + 1)
  if (quote < 0) return text.length
  return isEscaped(text, quote) ? endAfterEscapes(text, quote) : quote
}

/**
 * Characters that are read one by one before `indexOf` is called again: after one escaped quote,
 * more are likely.
 */
const slowSteps = 32

/** Continues `endOfString` from an escaped quote. */
function endAfterEscapes(text: string, start: number): number {
  let jumpAt = start + slowSteps
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === 0x22) return at
    if (unit === 0x5c) at++
    else if (at >= jumpAt) {
      at = text.indexOf('"', at)
      if (at < 0) break
      if (!isEscaped(text, at)) return at
      jumpAt = at + slowSteps
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
 * Returns a placeholder, escaped for JSON, that no text contains. Each added character leaves at
 * most half of the places that still match.
 */
function unusedPlaceholder(texts: readonly string[]): string {
  let placeholder = placeholderStart
  let alike = texts.flatMap((text) => text.split(placeholderStart).slice(1))
  while (alike.length > 0) {
    const low = alike.filter((rest) => rest.startsWith(lowMark))
    const high = alike.filter((rest) => rest.startsWith(highMark))
    placeholder += low.length <= high.length ? lowMark : highMark
    alike = (low.length <= high.length ? low : high).map((rest) => rest.slice(lowMark.length))
  }
  return placeholder
}

/** Returns the array of bytes that a parsed value is the placeholder of, if it is one. */
function bytesOf(value: unknown, start: string, lists: readonly ByteList[]): Uint8Array | undefined {
  return typeof value === 'string' && value.startsWith(start)
    ? lists[Number(value.slice(start.length))]?.bytes
    : undefined
}

const refuse = (why: string, cause?: unknown): WildcastError => refusal('invalid_frame', why, { cause })
