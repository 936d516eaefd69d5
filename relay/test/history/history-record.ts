// A record of a run, for the checker. It shares no code with the product.

/** A message, as its publisher knows it. Times count events of the run. */
export interface RecordedPublish {
  readonly subject: string
  /** Unique. */
  readonly payload: string
  readonly from: number
  /** Absent if the outcome is unknown. */
  to?: number
  /** Absent if the outcome is unknown. */
  position?: string
}

/** An event of a reader, in order of arrival. */
export type HistoryEvent =
  /** It has asked for what comes after a position; `''` is before all. */
  | { readonly kind: 'asked'; readonly after: string; readonly at: number }
  | { readonly kind: 'subscribed'; readonly recovered: boolean | undefined }
  | {
      readonly kind: 'live' | 'replayed'
      readonly subject: string
      readonly position: string
      readonly payload: string
    }
  | { readonly kind: 'gap' }
  | { readonly kind: 'synced' }

/** A reader, from its first subscription on. */
export interface HistoryReaderRecord {
  readonly name: string
  /** Whether it receives messages of a subject. */
  readonly matches: (subject: string) => boolean
  /** Whether no message that it may ask for is ever forgotten. */
  readonly unbounded: boolean
  readonly events: readonly HistoryEvent[]
  /** Whether it was there until all messages were delivered. */
  readonly stayed: boolean
}

/** A run of publishers and readers. */
export interface HistoryRecord {
  readonly publishes: readonly RecordedPublish[]
  readonly readers: readonly HistoryReaderRecord[]
  /** Names the order that a subject belongs to. @default the positions of all are one order */
  readonly orderOf?: ((subject: string) => string) | undefined
}
