import { type Headers, type Payload, payloadBytes, payloadSize } from '@wildcast/protocol'
import type { StoredWill, ValueWrite } from '../../../core/store.js'
import { type About, aboutOf, aboutText } from '../../foreign/about.js'
import { keyHeaders } from './key-headers.js'

/** A value, as a message of the stream holds it. */
export interface StoredForm {
  readonly term: string
  /** Empty: the value was deleted. */
  readonly payload: Uint8Array
  readonly about: About
  readonly will?: StoredWill | undefined
}

// A "/" is in no header that a client can send.
const termHeader = 'wildcast/term'
/** See `aboutText`. */
const aboutHeader = 'wildcast/about'
/** `<bytes of the value> <lease>`: what follows these bytes is the payload of the will. */
const willHeader = 'wildcast/will'
const expectedHeader = 'Nats-Expected-Last-Subject-Sequence'

/**
 * Returns the headers and the payload of a message that holds a value.
 * @param expected - the number that the newest message of the subject must have, 0 without one
 */
export function storedFormOf(
  { message, will, key }: ValueWrite,
  term: string,
  expected: number | undefined,
): { readonly headers: Headers; readonly payload: Payload } {
  const about = aboutText({ headers: message.headers, user: message.from?.user, beside: message.beside })
  const size = payloadSize(message.payload)
  const headers: Headers = [
    [termHeader, term],
    ...(about === '' || size === 0 ? [] : [[aboutHeader, about] as const]),
    ...(will && size > 0 ? [[willHeader, `${size} ${will.lease}`] as const] : []),
    ...(expected === undefined ? [] : [[expectedHeader, `${expected}`] as const]),
    ...keyHeaders(key),
  ]
  return { headers, payload: will && size > 0 ? joined(message.payload, will.payload) : message.payload }
}

/** Reads a message. Returns undefined if no relay wrote it. */
export function storedFormIn(headers: Headers, data: Uint8Array): StoredForm | undefined {
  const found = new Map(headers)
  const term = found.get(termHeader)
  if (term === undefined || !/^[0-9a-z]{10}$/.test(term)) return undefined
  const about = aboutOf(found.get(aboutHeader) ?? '')
  const [, size, lease] = /^(\d{1,10}) (\S+)$/.exec(found.get(willHeader) ?? '') ?? []
  if (size === undefined || lease === undefined) return { term, payload: data, about }
  const at = Number(size)
  return { term, payload: data.subarray(0, at), about, will: { lease, payload: data.subarray(at) } }
}

function joined(value: Payload, will: Payload): Payload {
  if (payloadSize(will) === 0) return value
  const [first, second] = [payloadBytes(value), payloadBytes(will)]
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}
