import type { Pattern, Subject } from './subject.js'
import { decodeUtf8, encodeUtf8 } from './utf8.js'

/**
 * The bytes of a message. A string stands for its UTF-8 bytes, so that text on its way from JSON to
 * JSON is never converted. Always well-formed.
 */
export type Payload = string | Uint8Array

/** Names and values that a broker carries beside a payload, in order. A name may be repeated. */
export type Headers = readonly (readonly [name: string, value: string])[]

/** Why a request was refused by its responder. */
export interface Failure {
  readonly code: string
  readonly message: string
}

/** A client as others may know it. */
export interface Party {
  /** The public name of its session. It opens nothing. */
  readonly session: string
  readonly user?: string
  readonly role?: string
}

/**
 * What travels through the relay. `id` and `from` are there if the broker carries them: the memory
 * broker does, within one process. They are not sent to clients.
 */
export interface BrokerMessage {
  /** Its number, from 1 to 2^53: given once, by the relay that took it. */
  readonly id?: number | undefined
  /** The client that published it, as far as it is known. */
  readonly from?: Party | undefined
  /** A subject; a pattern only where it was published with `wildcard`. */
  readonly subject: Pattern
  readonly payload: Payload
  /** Where an answer is awaited. */
  readonly responseSubject?: Subject | undefined
  readonly headers?: Headers | undefined
  /** On an answer: further answers to the same request follow. */
  readonly more?: boolean | undefined
  /** On an answer: the request failed. */
  readonly error?: Failure | undefined
}

/** The bytes of a payload. */
export function payloadBytes(payload: Payload): Uint8Array {
  return typeof payload === 'string' ? encodeUtf8(payload) : payload
}

/** The text of a payload, or undefined where it is not UTF-8. */
export function payloadText(payload: Payload): string | undefined {
  return typeof payload === 'string' ? payload : decodeUtf8(payload)
}
