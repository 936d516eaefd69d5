// A record of a run, for the checkers. They share no code with the product.

/** Counts the events of a run. */
export type Tick = () => number

/** A change of a value, as its writer knows it. Times count events of the run. */
export interface RecordedWrite {
  readonly subject: string
  /** Unique; undefined for a deletion. */
  readonly payload: string | undefined
  readonly from: number
  /** Absent if the outcome is unknown. */
  to?: number
  /** Absent if there was nothing to delete, or the outcome is unknown. */
  revision?: string
}

/** An event of a reader, in order of arrival. */
export type ReaderEvent =
  /** It has asked for the values, with the subscription or again. */
  | { readonly kind: 'asked'; readonly at: number }
  | { readonly kind: 'subscribed' }
  /** `payload` is undefined for a deletion. */
  | {
      readonly kind: 'live' | 'replayed'
      readonly subject: string
      readonly revision: string
      readonly payload: string | undefined
    }
  | { readonly kind: 'gap' }
  | { readonly kind: 'synced'; readonly at: number }

/** A reader, from its subscription on. */
export interface RecordedReader {
  readonly name: string
  /** Whether it receives every change, and not only the newest of each subject. */
  readonly all: boolean
  readonly events: readonly ReaderEvent[]
  /** Whether it was there until all writes were delivered. */
  readonly stayed: boolean
}

/** A run of writers and readers. */
export interface ValueHistory {
  readonly writes: readonly RecordedWrite[]
  readonly readers: readonly RecordedReader[]
}

/** The header that names a write on a store without revisions. */
export const nameHeader = 'n'

/** Replaces the names of writes by revisions, in the order in which the broker had the writes. */
export function numbered({ writes, readers }: ValueHistory, names: readonly string[]): ValueHistory {
  const revisions = new Map(names.map((name, i) => [name, String(i).padStart(9, '0')]))
  const revisionOf = (name: string): string => revisions.get(name) ?? `unknown ${name}`
  return {
    writes: writes.map((write) =>
      write.revision === undefined ? write : { ...write, revision: revisionOf(write.revision) },
    ),
    readers: readers.map((reader) => ({
      ...reader,
      events: reader.events.map((event) =>
        'revision' in event ? { ...event, revision: revisionOf(event.revision) } : event,
      ),
    })),
  }
}
