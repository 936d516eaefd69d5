import { decodeUtf8, encodeUtf8, type Headers } from '@wildcast/protocol'
import { headers, type Msg, type MsgHdrs } from 'nats'
import { mostForeignHeaderBytes, mostForeignHeaders } from '../foreign/headers.js'

/** The headers of a message that came (NATS client protocol, HMSG). */
export interface NatsHeaders {
  /** Of the server itself, such as 503: nobody answers. */
  readonly status: number | undefined
  readonly entries: Headers
}

/**
 * `unreadable`: they are not in the form of NATS. `too_many`: more, or longer ones, than are looked
 * at.
 */
export type NatsHeadersFault = 'unreadable' | 'too_many'

const version = 'NATS/1.0'
/** RFC 822, 3.1.2: a name is of printable ASCII characters. */
const printable = /^[!-9;-~]+$/

const perHeader = 4 // a colon, a space and a line break

/**
 * Reads the headers of a message. The client library's own reader takes a time that grows with the
 * square of their number: a message with 16,000 headers keeps it busy for seconds. So they are read
 * here, from the bytes, after their number is known to be bounded.
 */
export function natsHeadersOf(msg: Msg): NatsHeaders | NatsHeadersFault | undefined {
  const block = headerBlock(msg)
  if (!block) return undefined
  if (block.length > mostForeignHeaderBytes + mostForeignHeaders * perHeader) return 'too_many'
  const [first = '', ...lines] = decodeUtf8(block)?.split('\r\n') ?? []
  if (!first.startsWith(version)) return 'unreadable'
  const written = lines.filter((line) => line.includes(':'))
  if (written.length > mostForeignHeaders) return 'too_many'
  const entries = written.map(entryOf)
  if (!entries.every(([name]) => printable.test(name))) return 'unreadable'
  const status = Number.parseInt(first.slice(version.length), 10)
  return { status: Number.isNaN(status) ? undefined : status, entries }
}

/**
 * Headers as they are written, and their bytes. The library would write the values of a name
 * together: what it sends is what `encode` returns, so that returns them in order.
 */
export function natsHeadersFrom(entries: Headers): { readonly written: MsgHdrs; readonly size: number } {
  const checked = headers()
  for (const [name, value] of entries) checked.append(name, value) // throws what would break the form
  const lines = entries.map(([name, value]) => `${name}: ${value}\r\n`)
  const block = encodeUtf8(`${version}\r\n${lines.join('')}\r\n`)
  return { written: Object.assign(checked, { encode: () => block }), size: block.length }
}

/** As the library reads it: white space around a value is left out. */
function entryOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).trim()]
}

/**
 * Headers and payload are one piece of what was read, the headers first; `size` is the bytes of
 * subjects, headers and payload.
 */
function headerBlock(msg: Msg & { size?(): number }): Uint8Array | undefined {
  const { data, subject, reply } = msg
  const bytes = (msg.size?.() ?? 0) - Buffer.byteLength(subject) - Buffer.byteLength(reply ?? '') - data.length
  if (bytes <= 0 || bytes > data.byteOffset) return undefined
  return new Uint8Array(data.buffer, data.byteOffset - bytes, bytes)
}
