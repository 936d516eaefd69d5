import type { HistoryEvent, HistoryReaderRecord, HistoryRecord, RecordedPublish } from './history-record.js'

type Received = Extract<HistoryEvent, { readonly position: string }>

/** A message with a position, as it is known after the run. */
type Kept = RecordedPublish & { readonly position: string }

/**
 * Checks that every reader has received each position exactly once, in order, or was notified that
 * some may be missing. Returns the faults.
 */
export function faultsOfHistory({ publishes, readers, orderOf = () => '' }: HistoryRecord): string[] {
  const kept = publishes.filter(isKept).sort((a, b) => (a.position < b.position ? -1 : 1))
  const orders = [...new Set(kept.map(({ subject }) => orderOf(subject)))]
  const faults = orders.flatMap((order) => faultsOfOrder(kept.filter(({ subject }) => orderOf(subject) === order)))
  for (const reader of readers) new HistoryCheck(reader, publishes, kept, faults).run()
  return faults
}

function isKept(publish: RecordedPublish): publish is Kept {
  return publish.position !== undefined
}

/** Two messages with one position, or positions against the order of time. */
function faultsOfOrder(kept: readonly Kept[]): string[] {
  const faults: string[] = []
  let latestFrom = -1
  for (const [i, { position, from, to = Number.POSITIVE_INFINITY }] of kept.entries()) {
    if (kept[i - 1]?.position === position) faults.push(`two messages have the position ${position}`)
    if (to < latestFrom) faults.push(`the publish ${position} ended before an earlier one began`)
    latestFrom = Math.max(latestFrom, from)
  }
  return faults
}

class HistoryCheck {
  readonly #reader: HistoryReaderRecord
  /** The messages of its pattern. */
  readonly #kept: readonly Kept[]
  readonly #byPosition: ReadonlyMap<string, Kept>
  readonly #unknown: ReadonlySet<string>
  readonly #faults: string[]
  /** It has all up to here, or knows what it lacks. */
  #known = ''
  /** It knows that messages after `#known` may be missing. */
  #isNotified = false
  #isSyncing = false
  /** A gap came while it was syncing: the mark of the end may have been lost, too. */
  #mayLackEnd = false
  #askedAt = 0

  constructor(
    reader: HistoryReaderRecord,
    publishes: readonly RecordedPublish[],
    kept: readonly Kept[],
    faults: string[],
  ) {
    this.#reader = reader
    this.#kept = kept.filter(({ subject }) => reader.matches(subject))
    this.#byPosition = new Map(this.#kept.map((one) => [one.position, one]))
    this.#unknown = new Set(publishes.filter(({ to }) => to === undefined).map(({ payload }) => payload))
    this.#faults = faults
  }

  run(): void {
    const { events } = this.#reader
    for (const [i, event] of events.entries()) this.#apply(event, events[i - 1]?.kind)
    if (!this.#reader.stayed) return
    if (this.#isSyncing && !this.#mayLackEnd) this.#fault('is never synced')
    this.#demandAll('at the end', Number.POSITIVE_INFINITY)
  }

  #apply(event: HistoryEvent, before: HistoryEvent['kind'] | undefined): void {
    switch (event.kind) {
      case 'asked':
        this.#known = event.after
        this.#askedAt = event.at
        this.#isSyncing = true
        this.#mayLackEnd = false
        return
      case 'subscribed':
        // Missing messages are asked for again.
        this.#isNotified = event.recovered === false
        if (this.#isNotified && this.#reader.unbounded) this.#fault(`has not recovered ${this.#known}, but all is kept`)
        return
      case 'gap':
        this.#isNotified = true
        // The gap of a subscription that has not recovered follows it at once, and loses nothing.
        this.#mayLackEnd ||= this.#isSyncing && before !== 'subscribed'
        return
      case 'synced':
        if (!this.#isSyncing) this.#fault('is synced twice')
        this.#isSyncing = false
        this.#demandAll('when synced', this.#askedAt)
        return
      default:
        this.#receive(event)
    }
  }

  #receive({ kind, subject, position, payload }: Received): void {
    if (kind === 'replayed' && !this.#isSyncing) this.#fault(`receives ${position} again after it was synced`)
    if (kind === 'live' && this.#isSyncing && !this.#mayLackEnd) this.#fault(`receives ${position} before it is synced`)
    const publish = this.#byPosition.get(position)
    const isRight = publish ? publish.payload === payload && publish.subject === subject : this.#unknown.has(payload)
    if (!isRight) this.#fault(`receives ${position} of ${subject}, never published`)
    if (position <= this.#known) this.#fault(`receives ${position} after ${this.#known}`)
    else this.#demandNone(this.#known, position)
    this.#known = position
    // Forgotten messages of one subject were between those of others that are replayed.
    if (!this.#isSyncing) this.#isNotified = false
  }

  /** No message is between two positions, unless the reader was notified. */
  #demandNone(after: string, before: string): void {
    if (this.#isNotified) return
    const missed = this.#kept.find(({ position }) => position > after && position < before)
    if (missed) this.#fault(`misses ${missed.position} before ${before}`)
  }

  /** The reader has all that was acknowledged before a time, unless it was notified. */
  #demandAll(when: string, time: number): void {
    if (this.#isNotified && when !== 'at the end') return
    const missed = this.#kept.find(({ position, to }) => position > this.#known && to !== undefined && to < time)
    if (missed) this.#fault(`lacks ${missed.position} ${when}`)
  }

  #fault(text: string): void {
    this.#faults.push(`${this.#reader.name} ${text}`)
  }
}
