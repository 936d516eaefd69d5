import { type ErrorCode, permanentCodes } from './errors.js'

/** The consequences of an error code, over every transport. */
export interface ErrorFacts {
  /**
   * WebSocket close code if the error ends the connection: below 4500 the client reconnects, from
   * 4500 on it does not.
   */
  readonly close: number
  /** HTTP status of the same refusal. */
  readonly status: number
  /** Whether the same action may succeed later, unchanged. */
  readonly retry: boolean
}

/** Close code and HTTP status of each code. */
const closeAndStatus: Readonly<Record<ErrorCode, readonly [close: number, status: number]>> = {
  invalid_frame: [4400, 400],
  invalid_subject: [4400, 400],
  invalid_payload: [4400, 422],
  unsupported: [4400, 501],
  unknown_broker: [4400, 404],
  too_large: [4413, 413],
  too_many_subscriptions: [4429, 429],
  rate_limited: [4429, 429],
  slow_consumer: [4408, 503],
  timeout: [4408, 504],
  no_responders: [4411, 503],
  already_served: [4400, 409],
  condition_failed: [4400, 412],
  storage_full: [4429, 507],
  broker_down: [4411, 503],
  interrupted: [4411, 503],
  going_away: [4410, 503],
  internal: [4411, 500],
  token_expired: [4440, 401],
  unauthorized: [4501, 401],
  forbidden: [4503, 403],
  replaced: [4509, 409],
}

/** The table of all error codes: close code, HTTP status, retry. */
export const errorTable: Readonly<Record<ErrorCode, ErrorFacts>> = Object.fromEntries(
  Object.entries(closeAndStatus).map(([code, [close, status]]) => [
    code,
    { close, status, retry: !permanentCodes.includes(code) },
  ]),
) as Readonly<Record<ErrorCode, ErrorFacts>>

/** Whether a text from the wire is an `ErrorCode`. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTable, text)
}

/** Returns the facts of a code; for an unknown code, those of `internal`. */
export function factsOf(code: string): ErrorFacts {
  return errorTable[isErrorCode(code) ? code : 'internal']
}
