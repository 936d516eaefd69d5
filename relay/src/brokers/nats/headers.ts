import { decodeUtf8, encodeUtf8, type Headers } from '@wildcast/protocol'
import { headers, type Msg, type MsgHdrs } from 'nats'
import { mostForeignHeaderBytes, mostForeignHeaders } from '../foreign/headers.js'

/** The headers of a received message (NATS client protocol, HMSG). */
export interface NatsHeaders {
  /** Set by the server, for instance 503: no responders. */
  readonly status: number | undefined
  readonly entries: Headers
}

/** `unreadable`: not in the form of NATS. `too_many`: more or longer headers than the limits. */
export type NatsHeadersFault = 'unreadable' | 'too_many'

const version = 'NATS/1.0'
/** RFC 822, 3.1.2: a name consists of printable ASCII characters. */
const printable = /^[!-9;-~]+$/

const perHeader = 4 // a colon, a space and a line break

/** The limit of characters of an added header, which may hold a subject. */
export const longestAdded = 4096

/**
 * Reads the headers of a message. The client library's reader takes quadratic time: seconds for a
 * message with 16,000 headers. So they are read here from the bytes, after a check of their number.
 * @param added - how many headers it may have besides those of its publisher
 */
export function natsHeadersOf(msg: Msg, added: number = 0): NatsHeaders | NatsHeadersFault | undefined {
  const block = headerBlock(msg)
  return block && natsHeadersIn(block, added)
}

/** Reads a block of headers. */
export function natsHeadersIn(block: Uint8Array, added: number = 0): NatsHeaders | NatsHeadersFault {
  const most = mostForeignHeaders + added
  if (block.length > mostForeignHeaderBytes + added * longestAdded + most * perHeader) return 'too_many'
  const [first = '', ...lines] = decodeUtf8(block)?.split('\r\n') ?? []
  if (!first.startsWith(version)) return 'unreadable'
  const written = lines.filter((line) => line.includes(':'))
  if (written.length > most) return 'too_many'
  const entries = written.map(entryOf)
  if (!entries.every(([name]) => printable.test(name))) return 'unreadable'
  const status = Number.parseInt(first.slice(version.length), 10)
  return { status: Number.isNaN(status) ? undefined : status, entries }
}

/** Headers that are encoded already. */
export interface EncodedHeaders extends MsgHdrs {
  encode(): Uint8Array
}

/**
 * Returns headers for the library, and their size. The library would group the values of a name,
 * but sends what `encode` returns: so `encode` returns them in order.
 */
export function natsHeadersFrom(entries: Headers): { readonly written: EncodedHeaders; readonly size: number } {
  const checked = headers()
  for (const [name, value] of entries) checked.append(name, value) // throws if a name or value is invalid
  const lines = entries.map(([name, value]) => `${name}: ${value}\r\n`)
  const block = encodeUtf8(`${version}\r\n${lines.join('')}\r\n`)
  return { written: Object.assign(checked, { encode: () => block }), size: block.length }
}

/** Trims the value, like the library. */
function entryOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

/**
 * The header bytes come before the payload in its buffer. `size` counts subjects, headers, payload.
 */
export function headerBlock(msg: Msg & { size?(): number }): Uint8Array | undefined {
  const { data, subject, reply } = msg
  const bytes = (msg.size?.() ?? 0) - Buffer.byteLength(subject) - Buffer.byteLength(reply ?? '') - data.length
  if (bytes <= 0 || bytes > data.byteOffset) return undefined
  return new Uint8Array(data.buffer, data.byteOffset - bytes, bytes)
}
