import {
  type ErrorCode,
  type ErrorFrame,
  errorTable,
  type Failure,
  firstFinalCloseCode,
  isErrorCode,
  WildcastError,
} from '@wildcast/protocol'

/** The error of an `Error` frame, or of a refusal that another frame carries. */
export function toError(from: Failure & Partial<ErrorFrame>): WildcastError {
  const code = isErrorCode(from.code) ? from.code : 'internal' // a newer relay, or a responder's own
  return new WildcastError(code, from.message, {
    ...(from.retry !== undefined && { retry: from.retry }),
    ...(from.retry_in !== undefined && { retryInMs: from.retry_in }),
  })
}

/** Why a connection is over. */
export function toCloseError({ code, reason }: { readonly code: number; readonly reason: string }): WildcastError {
  const codes = Object.keys(errorTable) as ErrorCode[]
  const final = code >= firstFinalCloseCode
  // Below the final codes all that matters is that what was in flight is lost.
  const found = final && codes.find((name) => errorTable[name].close === code)
  return new WildcastError(found || 'interrupted', reason || `the connection was lost (${code})`, { retry: !final })
}
