import { type ErrorCode, type ErrorFrame, type Failure, WildcastError } from '@wildcast/protocol/client'

/** The error of an `Error` frame, or of a refusal that another frame carries. */
export function toError({ code, message, retry, retry_in }: Failure & Partial<ErrorFrame>): WildcastError {
  // A newer relay's code, or a responder's own, stays what it is.
  return new WildcastError(code as ErrorCode, message, { retry, retryInMs: retry_in })
}
