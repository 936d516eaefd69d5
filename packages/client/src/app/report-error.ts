import type { WildcastError } from '@wildcast/protocol/client'
import { callBack } from './call-back.js'

/**
 * Where in the client an error came up that no promise of a call reports. `handler`: a handler or
 * callback of the app threw, or returned a promise that was rejected. `outbox`: a message could not
 * be kept in the outbox, or nobody awaits any more what became of it.
 */
export type ErrorStage = 'token' | 'transport' | 'protocol' | 'subscription' | 'handler' | 'outbox'

/**
 * Called at each background failure. What it throws, or rejects with, is written to the console.
 */
export type OnError = (error: WildcastError, context: { readonly stage: ErrorStage }) => void

/** Reports a background failure to `onError`. Never throws. */
export type ReportError = (error: WildcastError, stage: ErrorStage) => void

/**
 * Reports to an `onError` that may throw or reject itself: that stops nothing, and is written to
 * the console.
 */
export function toReportError(onError: OnError = write): ReportError {
  return (error, stage) =>
    callBack(
      () => onError(error, { stage }),
      undefined,
      (cause) => console.error('wildcast', cause),
    )
}

const write: OnError = (error, { stage }) => console.error('wildcast', stage, error)
