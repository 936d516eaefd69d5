import { type ErrorCode, type ErrorFrame, type Failure, WildcastError } from '@wildcast/protocol/client'

/** Converts an `Error` frame, or the refusal in another frame, to an error. */
export function toError({ code, message, retry, retry_in, revision }: Failure & Partial<ErrorFrame>): WildcastError {
  // An unknown code is kept: it may be a newer relay's, or a responder's own.
  return new WildcastError(code as ErrorCode, message, { retry, retryInMs: retry_in, revision })
}
