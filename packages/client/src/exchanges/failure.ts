import {
  type ErrorCode,
  type ErrorFrame,
  type Failure,
  finalCloseCodes,
  firstFinalCloseCode,
  WildcastError,
} from '@wildcast/protocol'

/** The error of an `Error` frame, or of a refusal that another frame carries. */
export function toError({ code, message, retry, retry_in }: Failure & Partial<ErrorFrame>): WildcastError {
  // A newer relay's code, or a responder's own, stays what it is.
  return new WildcastError(code as ErrorCode, message, { retry, retryInMs: retry_in })
}

/** Why a connection is over. Below the final codes all that matters is that what was in flight is lost. */
export function toCloseError(code: number, reason: string): WildcastError {
  return new WildcastError(finalCloseCodes[code] ?? 'interrupted', reason || `the connection was lost (${code})`, {
    retry: code < firstFinalCloseCode,
  })
}
