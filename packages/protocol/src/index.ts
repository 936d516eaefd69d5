/** Subjects, frames and codecs of the Wildcast wire protocol. No IO, no dependency. @module */

// Codecs
export { besideSize } from './beside-size.js'
export { writeByteList } from './byte-list.js'
export { capture } from './capture.js'
export { readClassicFrame } from './classic.js'
export { classicJsonCodec } from './classic-json-codec.js'
export type { Batches, Codec, RawFrame } from './codec.js'
export { covers, mayBeDerived } from './covers.js'
// Errors and limits
export { type ErrorFacts, errorTable, factsOf, isErrorCode } from './error-table.js'
export { type ErrorCode, finalCloseCodes, firstFinalCloseCode, WildcastError } from './errors.js'
// Frames
export type * from './frame.js'
export { isHeaderName, isHeaderValue } from './header-form.js'
export { checkHeaders, headerSize, headersFit, headersTooLarge } from './header-size.js'
// Subjects
export { intersecting, intersects } from './intersect.js'
export { type JsonData, type JsonValue, parseJson, parseJsonData } from './json.js'
export { jsonCodec } from './json-codec.js'
export { checkFrameLength } from './large-frame.js'
export { lightJsonCodec } from './light-json-codec.js'
export { limits } from './limits.js'
export { matches } from './match.js'
// Messages
export {
  type Beside,
  type BrokerMessage,
  type Failure,
  type Headers,
  type Party,
  type Payload,
  payloadBytes,
  payloadText,
} from './message.js'
export type { Params } from './params.js'
export { payloadSize } from './payload-size.js'
export { readClientFrame, refOfRaw } from './read-client-frame.js'
export { readOptionalJson } from './read-fields.js'
export { readRelayFrame } from './read-relay-frame.js'
export { refusal } from './refusal.js'
export { segmentOf } from './segment-of.js'
export {
  isClosed,
  isDerived,
  isExact,
  isPresence,
  isReserved,
  type Pattern,
  parsePattern,
  parseSubject,
  type Subject,
} from './subject.js'
export { isPattern, isSubject } from './subject-form.js'
export { SubjectTree } from './subject-tree.js'
export { type HeadersInput, toHeaders } from './to-headers.js'
export { toPayload } from './to-payload.js'
export { isTraceHeader, withoutTrace } from './trace-headers.js'
export { decodeUtf8, encodeUtf8, isWellFormed, strictUtf8 } from './utf8.js'
