import type { Pattern, Subject } from './subject.js'
import { decodeUtf8, encodeUtf8 } from './utf8.js'

/**
 * The payload of a message. A string stands for its UTF-8 bytes, so that text that is received and
 * sent as JSON is never converted. A string is always well-formed.
 */
export type Payload = string | Uint8Array

/** Names and values that a broker carries beside a payload, in order. A name may be repeated. */
export type Headers = readonly (readonly [name: string, value: string])[]

/** Why a responder refused a request, or a relay ended a subscription. */
export interface Failure {
  readonly code: string
  readonly message: string
}

/** The public identity of a client. */
export interface Party {
  /** The public name of its session. It grants no access. */
  readonly session: string
  readonly user?: string
  readonly role?: string
}

/** Facts that a publisher states about a payload. Gateways and brokers don't change them. */
export interface Beside {
  /** The media type of the payload. */
  readonly contentType?: string | undefined
  /** The data that an answer must carry, so that its requester finds the request. */
  readonly correlation?: Uint8Array | undefined
  /** The payload format indicator of MQTT: 1 for UTF-8 text. */
  readonly format?: number | undefined
}

/**
 * A message inside the relay. `id` and `from` are present if the broker carries them: the memory
 * broker does, within one process. They are not sent to clients.
 */
export interface BrokerMessage {
  /** Its number, from 1 to 2^53, assigned once by the relay that accepted it. */
  readonly id?: number | undefined
  /** The client that published it, if known. */
  readonly from?: Party | undefined
  /** A subject, or a pattern if it was published with `wildcard`. */
  readonly subject: Pattern
  readonly payload: Payload
  /** The subject on which the requester awaits the answer. */
  readonly responseSubject?: Subject | undefined
  readonly headers?: Headers | undefined
  /** On an answer: further answers to the same request follow. */
  readonly more?: boolean | undefined
  /** On an answer: the request failed. */
  readonly error?: Failure | undefined
  /** Not sent to clients of v1. */
  readonly beside?: Beside | undefined
  /** The quality of service that an MQTT client has published with. @default 0 */
  readonly qos?: 1 | 2 | undefined
  /** When it is no longer worth a delivery, in milliseconds since 1970, by the relay's clock. */
  readonly expiresAt?: number | undefined
  /** An MQTT client has published it with the retain flag. */
  readonly retain?: true | undefined
  /** The number of the value that this message is: see `core/store.ts` of the relay. */
  readonly revision?: string | undefined
  /** The value was deleted; the payload is empty. */
  readonly deleted?: true | undefined
  /** The value was deleted because its time was over. Set if the store reports it. */
  readonly expired?: true | undefined
  /** The value no longer matches the filter of a subscription; the payload is empty. */
  readonly left?: true | undefined
  /** It is a value, but has no `revision`: the broker numbers no changes. */
  readonly retained?: true | undefined
  /** The user who wrote the value, or published a message that is kept. */
  readonly user?: string | undefined
  /** The number of a message that the broker keeps in its history. */
  readonly position?: string | undefined
}

/** Returns the bytes of a payload. */
export function payloadBytes(payload: Payload): Uint8Array {
  return typeof payload === 'string' ? encodeUtf8(payload) : payload
}

/** Returns the text of a payload, or undefined if it is not UTF-8. */
export function payloadText(payload: Payload): string | undefined {
  return typeof payload === 'string' ? payload : decodeUtf8(payload)
}
