import { type Failure, isErrorCode, type Pattern, type Payload, type Subject, WildcastError } from '@wildcast/protocol'
import type { HistoryRule } from '../../core/history-rules.js'
import type { HistoryPage, HistoryPageRequest, HistoryState } from '../../core/history-store.js'
import type { StoredValue, ValuePage, ValuePageRequest } from '../../core/store.js'
import type { StoreLimits } from '../limits.js'
import type { FailedOutcome } from './file-write.js'
import type { TermStart } from './numbers.js'
import type { PackedOutcomes, PackedWrites } from './packed-writes.js'

/** How much a store holds. */
export interface StoreContents {
  readonly values: number
  readonly messages: number
  /** Of subjects, payloads, headers and wills. */
  readonly bytes: number
  /** Those of them that are of messages. */
  readonly messageBytes: number
}

/** The data of the thread of a store. */
export interface WriterStart {
  readonly file: string
  readonly limits: StoreLimits
  readonly term: TermStart
  readonly rules: readonly HistoryRule[]
}

/** A change that no client has made. An empty payload is a deletion. */
export interface Change {
  readonly subject: Subject
  readonly payload: Payload
  readonly revision: string
  readonly user?: string | undefined
  /** Its time was over. */
  readonly expired?: true | undefined
}

/** The outcome of a sweep. */
export interface Swept {
  readonly changes: readonly Change[]
  /** Whether more is due. */
  readonly more: boolean
}

/** The calls of the thread, each with what it is given and what it returns. */
export interface WriterCalls {
  /** `now` is the time of the store, in milliseconds since 1970. */
  readonly write: { readonly given: { packed: PackedWrites; now: number }; readonly result: PackedOutcomes }
  readonly read: { readonly given: { subject: Subject }; readonly result: StoredValue | undefined }
  readonly page: { readonly given: { pattern: Pattern; request: ValuePageRequest }; readonly result: ValuePage }
  readonly historyPage: {
    readonly given: { pattern: Pattern; request: HistoryPageRequest }
    readonly result: HistoryPage
  }
  readonly historyState: {
    readonly given: { pattern: Pattern; position: string }
    readonly result: HistoryState & { readonly isKnown: boolean }
  }
  /** Returns whether there may be more to forget. */
  readonly forget: { readonly given: { now: number }; readonly result: boolean }
  readonly renew: { readonly given: { lease: string; now: number }; readonly result: undefined }
  readonly sweep: { readonly given: { now: number }; readonly result: Swept }
  /** Closes the file. The thread ends after that. */
  readonly close: { readonly given: object; readonly result: undefined }
}

/** To the thread. */
export type WriterCall = {
  [Kind in keyof WriterCalls]: { readonly kind: Kind; readonly number: number } & WriterCalls[Kind]['given']
}[keyof WriterCalls]

/** From the thread. */
export type FromWriter =
  | { readonly kind: 'opened'; readonly contents: StoreContents }
  | { readonly kind: 'not-opened'; readonly why: string }
  | { readonly kind: 'result'; readonly number: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly number: number; readonly failure: Failure }

/** Returns an error in a form that crosses threads. */
export function failureOf(cause: unknown): Failure {
  const { code, message } = WildcastError.from(cause)
  return { code, message }
}

export function failedOutcome(cause: unknown): FailedOutcome {
  return { kind: 'failed', failure: failureOf(cause) }
}

/** Returns the error of a failure in the thread. */
export function errorFromThread({ code, message }: Failure): WildcastError {
  return new WildcastError(isErrorCode(code) ? code : 'internal', message)
}
