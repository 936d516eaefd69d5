/** The exports that every client loads at once: frames, errors, the light JSON codec. @module */
export { encodeBase64 } from '../base64.js'
export { capture } from '../capture.js'
export type { Codec, RawFrame } from '../codec.js'
export { type ErrorCode, finalCloseCodes, firstFinalCloseCode, WildcastError } from '../errors.js'
export type * from '../frame.js'
export { isHeaderName, isHeaderValue } from '../header-form.js'
export type { JsonValue } from '../json.js'
export { jsonCodec } from '../json-codec.js'
export { lightJsonCodec } from '../light-json-codec.js'
export {
  type BrokerMessage,
  type Failure,
  type Headers,
  type Payload,
  payloadBytes,
  payloadText,
} from '../message.js'
export type { Params } from '../params.js'
export { readRelayFrame } from '../read-relay-frame.js'
export type { Pattern, Subject } from '../subject.js'
export { isPattern, isSubject } from '../subject-form.js'
export { type HeadersInput, toHeaders } from '../to-headers.js'
export { toPayload } from '../to-payload.js'
export { decodeUtf8, encodeUtf8, isWellFormed, strictUtf8 } from '../utf8.js'
