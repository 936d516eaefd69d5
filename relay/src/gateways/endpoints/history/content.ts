import { decodeUtf8, type Payload, parseJson, payloadBytes, payloadText, WildcastError } from '@wildcast/protocol'
import { mediaTypeOf } from '../../../core/history/session-history.js'
import type { StoredMessage } from '../../../core/history-store.js'

/** How the messages of a content type are joined: as an array, as a text, or as bytes. */
export type ContentForm = 'json' | 'text' | 'bytes'

/** Messages of one append. */
const mostMessages = 10_000

const token = "[\\w!#$%&'*+.^`|~-]+"

/** A media type and its parameters (RFC 9110, 8.3.1). */
const contentType = new RegExp(`^${token}/${token}(?: *; *${token}=(?:${token}|"[ !#-\\[\\]-~]*"))*$`)

const script = /(?:java|j|ecma|live)script/i

/**
 * Returns the content type of a request; undefined if it has none.
 * @throws {WildcastError} `invalid_frame`
 */
export function contentTypeOf(header: string | undefined): string | undefined {
  if (header === undefined || header === '') return undefined
  // A page of the relay's origin could be made to run it.
  if (script.test(header)) throw new WildcastError('invalid_frame', 'the content types of scripts are not offered')
  if (header.length <= 200 && contentType.test(header)) return header
  throw new WildcastError('invalid_frame', 'Content-Type is no media type of at most 200 characters')
}

export function formOf(type: string): ContentForm {
  const media = mediaTypeOf(type)
  if (media === 'application/json') return 'json'
  return media.startsWith('text/') ? 'text' : 'bytes'
}

/**
 * Returns the messages of a body: each element of a JSON array is one, unchanged; any other body is
 * one.
 * @throws {WildcastError} `invalid_frame` if it is not JSON; `too_large` if there are too many
 */
export function payloadsOf(body: Uint8Array, type: string): readonly Payload[] {
  if (body.length === 0) return []
  const text = decodeUtf8(body)
  if (formOf(type) !== 'json') return [text ?? body]
  if (text === undefined) throw new WildcastError('invalid_frame', 'the body is not UTF-8, as JSON is')
  const trimmed = text.trim()
  const payloads = trimmed.startsWith('[') ? elementsOf(trimmed) : [trimmed]
  for (const payload of payloads) demandJson(payload)
  return payloads
}

/** Returns the body that carries messages. */
export function contentOf(messages: readonly StoredMessage[], type: string): string | Uint8Array<ArrayBuffer> {
  if (formOf(type) === 'json') return `[${messages.map(jsonOf).join(',')}]`
  return Buffer.concat(messages.map(({ payload }) => payloadBytes(payload)))
}

function demandJson(text: string): void {
  try {
    parseJson(text)
  } catch (cause) {
    if (WildcastError.from(cause).code !== 'too_large') throw notJson(cause)
    throw new WildcastError('too_large', 'the JSON has too many values; send it in parts', { cause })
  }
}

function notJson(cause?: unknown): WildcastError {
  return new WildcastError('invalid_frame', 'the body is not JSON', { cause })
}

/**
 * Splits the text of an array. The elements, which are not checked, keep their text: a long number
 * would lose digits.
 */
function elementsOf(text: string): readonly string[] {
  const elements: string[] = []
  let [depth, start] = [0, 1]
  for (let at = 0; at < text.length; at++) {
    const unit = text[at]
    if (unit === '"') at = endOfString(text, at)
    else if (unit === '[' || unit === '{') depth++
    else if (unit === ']' || unit === '}') depth--
    const isLast = depth === 0
    if (!isLast && (depth > 1 || unit !== ',')) continue
    elements.push(text.slice(start, at).trim())
    start = at + 1
    if (isLast) break
    if (elements.length === mostMessages)
      throw new WildcastError('too_large', `the array has more than ${mostMessages} elements; send it in parts`)
  }
  if (start !== text.length || !text.endsWith(']')) throw notJson()
  return elements.length === 1 && elements[0] === '' ? [] : elements
}

/** Returns the index of the closing quote, or of the end. */
function endOfString(text: string, quote: number): number {
  let at = quote + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}

/** Returns the JSON of a message. Another program may have published other text: it is a string. */
function jsonOf({ payload }: StoredMessage): string {
  const text = payloadText(payload)
  if (text === undefined) return JSON.stringify(Buffer.from(payloadBytes(payload)).toString('base64'))
  try {
    parseJson(text)
    return text
  } catch {
    return JSON.stringify(text)
  }
}
