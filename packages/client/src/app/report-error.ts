import type { WildcastError } from '@wildcast/protocol/client'
import { callBack } from './call-back.js'

/**
 * The part of the client in which an error occurred that no promise of a call reports. `handler`: a
 * handler or callback of the app threw, or returned a promise that rejected. `outbox`: the outbox
 * could not keep a message, or the page that awaited its outcome is gone. `contract`: data does not
 * fit the contract. `tracing`: OpenTelemetry has thrown; the message is sent or handled without it.
 */
export type ErrorStage =
  | 'token'
  | 'transport'
  | 'protocol'
  | 'subscription'
  | 'handler'
  | 'outbox'
  | 'contract'
  | 'tracing'

/**
 * Called at each background failure. An error that it throws or rejects with is written to the
 * console.
 */
export type OnError = (error: WildcastError, context: { readonly stage: ErrorStage }) => void

/** Reports a background failure to `onError`. Never throws. */
export type ReportError = (error: WildcastError, stage: ErrorStage) => void

/**
 * Returns a reporter that calls `onError`. If `onError` throws or rejects, the client continues and
 * the error is written to the console.
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
