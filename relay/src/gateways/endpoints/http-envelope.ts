import { encode } from '@msgpack/msgpack'
import { encodeUtf8, parseJson, WildcastError, writeByteList } from '@wildcast/protocol'
import { MessagePackWriter, parseMessagePack } from '@wildcast/protocol/msgpack'

// The original system's messages for HTTP requests and responses. In MessagePack, structs are
// positional arrays, and header values and bodies are arrays of integers, as the original writes
// them.

/** The forms of `--request-response`. */
export type EnvelopeForm = 'messagepack' | 'json'
/** All forms. */
export const forms: readonly EnvelopeForm[] = ['messagepack', 'json']

/** An HTTP request in a message. */
export interface EnvelopedRequest {
  readonly method: string
  /** Names in lower case, with every value that was sent. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  /** Path and query as they were sent. */
  readonly uri: string
  /** The path after `/request/`. */
  readonly path: string
  readonly body: Uint8Array
}

/** An HTTP response in a message. */
export interface EnvelopedResponse {
  readonly status: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array<ArrayBuffer>
}

/** Writes what `decodeRequest` reads. */
export function encodeRequest(
  form: EnvelopeForm,
  { method, headers, uri, path, body }: EnvelopedRequest,
): string | Uint8Array {
  const entries = Object.entries(headers)
  if (form === 'json') {
    const plain = Object.fromEntries(entries.map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
    return withBody({ method, headers: plain, uri, path }, body)
  }
  const bytes = Object.fromEntries(
    entries.map(([name, values]) => [name, values.map((value) => [...Buffer.from(value, 'latin1')])]),
  )
  return positional([method, bytes, uri, path], body)
}

/**
 * Reads what `encodeRequest` wrote.
 * @throws {WildcastError} `internal`, with the reason
 */
export function decodeRequest(form: EnvelopeForm, payload: Uint8Array): EnvelopedRequest {
  const value = decode(form, payload)
  const fields = Array.isArray(value) ? value : fieldsIn(value, ['method', 'headers', 'uri', 'path', 'body'])
  const [method, headers, uri, path, body] = fields as unknown[]
  if (![method, uri, path].every((text) => typeof text === 'string'))
    throw bad('a request is {method, headers, uri, path, body}')
  const named = new Map<string, string[]>()
  for (const [name, text] of headersOf(headers)) named.set(name, [...(named.get(name) ?? []), text])
  return { method, headers: Object.fromEntries(named), uri, path, body: bytesOf(body) } as EnvelopedRequest
}

/** Writes what `decodeResponse` reads. */
export function encodeResponse(form: EnvelopeForm, { status, headers, body }: EnvelopedResponse): string | Uint8Array {
  const values = new Map<string, string[]>()
  for (const [name, text] of headers) values.set(name, [...(values.get(name) ?? []), text])
  if (form === 'messagepack') {
    const bytes = [...values].map(([name, texts]) => [name, texts.map((text) => [...Buffer.from(text, 'latin1')])])
    return positional([Object.fromEntries(bytes), status], body)
  }
  const plain = [...values].map(([name, texts]) => [name, texts.length === 1 ? texts[0] : texts])
  return withBody({ headers: Object.fromEntries(plain), status }, body)
}

/** In JSON; the body comes last. */
function withBody(fields: object, body: Uint8Array): string {
  return `${JSON.stringify(fields).slice(0, -1)},"body":[${writeByteList(body)}]}`
}

/** In MessagePack; the body comes last. */
function positional(fields: readonly unknown[], body: Uint8Array): Uint8Array {
  const writer = new MessagePackWriter().array(fields.length + 1)
  for (const field of fields) writer.raw(encode(field))
  return writer.byteList(body).take()
}

/**
 * Reads what a responder sent.
 * @throws {WildcastError} `internal`, with the reason
 */
export function decodeResponse(form: EnvelopeForm, payload: Uint8Array): EnvelopedResponse {
  const value = decode(form, payload)
  const [headers, status, body] = Array.isArray(value) ? value : fieldsIn(value, ['headers', 'status', 'body'])
  if (!Number.isInteger(status) || status < 200 || status > 599) throw bad('its status must be from 200 to 599')
  return { status, headers: headersOf(headers), body: bytesOf(body) }
}

function decode(form: EnvelopeForm, payload: Uint8Array): unknown {
  return parse(() => (form === 'json' ? parseJson(Buffer.from(payload).toString()) : parseMessagePack(payload)))
}

function fieldsIn(value: unknown, names: readonly string[]): unknown[] {
  if (typeof value !== 'object' || value === null) throw bad(`it must be {${names.join(', ')}}`)
  return names.map((name) => (value as Record<string, unknown>)[name])
}

function headersOf(value: unknown): EnvelopedResponse['headers'] {
  if (value === undefined || value === null) return []
  if (typeof value !== 'object') throw bad('its headers must be an object')
  return Object.entries(value)
    .filter(([name]) => !ofTheConnection.has(name.toLowerCase()))
    .flatMap(([name, values]) =>
      (isList(values) ? values : [values]).map((text) => [nameOf(name), textOf(text)] as const),
    )
}

/** Headers of one connection or its framing (RFC 9110, 7.6.1), which the server sets itself. */
const ofTheConnection = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

function nameOf(name: string): string {
  if (!/^[\w!#$%&'*.^`|~+-]+$/.test(name)) throw bad('a header name is not a token')
  return name
}

/** Whether it holds several values, not the bytes of one. */
function isList(value: unknown): value is unknown[] {
  return Array.isArray(value) && !value.every((item) => typeof item === 'number')
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : Buffer.from(bytesOf(value)).toString('latin1')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: forbidden in headers (RFC 9110, 5.5)
  if (/[\x00-\x08\x0a-\x1f\x7f]|[^\x00-\xff]/.test(text)) throw bad('a header value has a forbidden character')
  return text
}

function bytesOf(value: unknown): Uint8Array<ArrayBuffer> {
  if (value === undefined || value === null) return new Uint8Array()
  if (typeof value === 'string') return encodeUtf8(value)
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (Array.isArray(value) && value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255))
    return Uint8Array.from(value)
  throw bad('a body is an array of whole numbers from 0 to 255, or a string')
}

function parse(run: () => unknown): unknown {
  try {
    return run()
  } catch (cause) {
    throw bad('it is not in the form that the gateway was started with', cause)
  }
}

function bad(why: string, cause?: unknown): WildcastError {
  return new WildcastError('internal', `the HTTP message could not be read: ${why}`, { cause })
}

/**
 * Returns the subject of a request: its path as segments, with `_DOT_` for `.`, `%` for an empty
 * segment, and what no segment can hold percent-escaped, `%` included.
 */
export function subjectOfRequest(method: string, path: string): string {
  const segments = path
    .split('/')
    .map((segment) =>
      segment === '' ? '%' : segment.replaceAll('.', '_DOT_').replace(/[\s\p{Cc}*>#+%]/gu, percentEscape),
    )
  return [method, ...segments].join('.')
}

function percentEscape(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}
