import type { LatencyData } from './latency-histogram.js'

/** A command to a thread of a bench. */
export type LoadCommand = 'start' | 'stop' | 'close'

/** A report of a thread of a bench. */
export type LoadReport =
  /** The number of its clients that are connected and subscribed. `error` is the last one. */
  | { readonly kind: 'joined'; readonly clients: number; readonly error?: string | undefined }
  /** A client was refused. */
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'figures'; readonly figures: LoadFigures }

/** The figures of a thread since the start. */
export interface LoadFigures {
  readonly published: number
  readonly confirmed: number
  /** Publishes without an answer: the connection was lost. */
  readonly unknown: number
  /** Each message counts once for each subscriber. */
  readonly received: number
  /** Messages that a subscriber had received before. */
  readonly duplicates: number
  /** Messages that were not sent, since too many publishes were not yet confirmed. */
  readonly withheld: number
  /** Publishes that wait for their answer. */
  readonly pending: number
  readonly errors: Readonly<Record<string, number>>
  readonly latencies: LatencyData
  /** The share of the time in which the thread was busy. */
  readonly busy: number
  /** The longest time that a message was sent after it was due, in milliseconds. */
  readonly lateMs: number
}
