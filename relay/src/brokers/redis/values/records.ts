import { decodeUtf8, type Payload, type Subject } from '@wildcast/protocol'
import type { StoredValue } from '../../../core/store.js'
import { aboutOf } from '../../foreign/about.js'
import { headLength } from './lua-values.js'

const revisionLength = 20
const lineFeed = 10

/** Parses the record of a value. Returns undefined if no relay wrote it. */
export function storedValueOf(subject: Subject, record: Buffer): StoredValue | undefined {
  const about = textAndRest(record.subarray(headLength))
  if (!about) return undefined
  const [text, payload] = about
  return { subject, revision: record.toString('latin1', 0, revisionLength), payload, ...aboutOf(text) }
}

/** Returns the text of a will as it is stored. */
export function willText(lease: string, about: string, payload: Payload): string | Buffer {
  const head = `${lease}\n${about}\n`
  return typeof payload === 'string' ? head + payload : Buffer.concat([Buffer.from(head), payload])
}

/** Parses a stored will. One that no relay wrote deletes its value. */
export function willOf(will: Buffer): { readonly user?: string | undefined; readonly payload: Uint8Array } {
  const afterLease = textAndRest(will)?.[1]
  const [about = '', payload = new Uint8Array()] = (afterLease && textAndRest(afterLease)) ?? []
  return { user: aboutOf(about).user, payload }
}

/** Splits at the first line feed. */
function textAndRest(bytes: Uint8Array): readonly [text: string, rest: Uint8Array] | undefined {
  const end = bytes.indexOf(lineFeed)
  const text = end < 0 ? undefined : decodeUtf8(bytes.subarray(0, end))
  // Not the Buffer of the library: receivers get plain bytes.
  const from = bytes.byteOffset + end + 1
  return text === undefined ? undefined : [text, new Uint8Array(bytes.buffer, from, bytes.length - end - 1)]
}
