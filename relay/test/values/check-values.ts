import type { ReaderEvent, RecordedReader, RecordedWrite, ValueHistory } from './value-history.js'

type Received = Extract<ReaderEvent, { readonly revision: string }>

/** A value as a reader holds it. */
interface Held {
  readonly revision: string
  readonly payload: string | undefined
}

/** The writes of a subject, the earliest change first. */
type Changes = ReadonlyMap<string, readonly RecordedWrite[]>

/**
 * Checks that every reader has seen values as promised: no subject goes back, nothing is missing,
 * doubled or invented, and no deleted value stays. Returns the faults.
 */
export function faultsOfValues({ writes, readers }: ValueHistory): string[] {
  const changes = changesOf(writes)
  const faults = doubled(writes)
  for (const reader of readers) new ReaderCheck(reader, writes, changes, faults).run()
  return faults
}

function changesOf(writes: readonly RecordedWrite[]): Changes {
  const changes = new Map<string, RecordedWrite[]>()
  for (const write of writes)
    if (write.revision !== undefined) changes.set(write.subject, [...(changes.get(write.subject) ?? []), write])
  for (const list of changes.values()) list.sort(({ revision: a = '' }, { revision: b = '' }) => (a < b ? -1 : 1))
  return changes
}

/** Two writes with one revision, or revisions against the order of time. */
function doubled(writes: readonly RecordedWrite[]): string[] {
  const known = writes.filter(({ revision }) => revision !== undefined)
  const faults: string[] = []
  const byRevision = new Map<string, RecordedWrite>()
  for (const write of known) {
    const { revision = '', subject } = write
    if (byRevision.has(revision)) faults.push(`two writes have the revision ${revision}, one of ${subject}`)
    byRevision.set(revision, write)
  }
  const ordered = [...known].sort(({ revision: a = '' }, { revision: b = '' }) => (a < b ? -1 : 1))
  let latestFrom = -1
  for (const { from, to = Number.POSITIVE_INFINITY, subject, revision } of ordered) {
    if (to < latestFrom) faults.push(`the write ${revision} of ${subject} ended before an earlier one began`)
    latestFrom = Math.max(latestFrom, from)
  }
  return faults
}

class ReaderCheck {
  readonly #reader: RecordedReader
  readonly #writes: readonly RecordedWrite[]
  readonly #changes: Changes
  readonly #faults: string[]
  readonly #held: Map<string, Held> = new Map()
  /** The subjects that were given since it asked. */
  #given: Set<string> = new Set()
  #askedAt = 0
  #isSyncing = false
  /** Changes may be missing since the last gap, until the values are complete again. */
  #hasGap = false

  constructor(reader: RecordedReader, writes: readonly RecordedWrite[], changes: Changes, faults: string[]) {
    this.#reader = reader
    this.#writes = writes
    this.#changes = changes
    this.#faults = faults
  }

  run(): void {
    for (const event of this.#reader.events) this.#apply(event)
    if (!this.#reader.stayed) return
    if (this.#isSyncing) this.#fault('never learns that the values are complete')
    this.#demandComplete('at the end', Number.POSITIVE_INFINITY)
  }

  #apply(event: ReaderEvent): void {
    if (event.kind === 'asked') this.#askedAt = event.at
    else if (event.kind === 'subscribed') this.#sync()
    else if (event.kind === 'gap') {
      this.#hasGap = true
      this.#sync()
    } else if (event.kind === 'synced') this.#synced(event.at)
    else this.#receive(event)
  }

  #sync(): void {
    this.#isSyncing = true
    this.#given = new Set()
  }

  #synced(at: number): void {
    if (!this.#isSyncing) this.#fault('learns twice that the values are complete')
    this.#isSyncing = false
    this.#hasGap = false
    for (const subject of [...this.#held.keys()]) if (!this.#given.has(subject)) this.#held.delete(subject)
    this.#demandComplete('when synced', this.#askedAt, at)
  }

  #receive({ kind, subject, revision, payload }: Received): void {
    const write = this.#changes.get(subject)?.find((one) => one.revision === revision)
    const mayBeUnknown = this.#writes.some((one) => one.to === undefined && one.subject === subject)
    if (write ? write.payload !== payload : !mayBeUnknown) this.#fault(`receives ${subject} ${revision}, never written`)
    const before = this.#held.get(subject)
    if (before && before.revision > revision) this.#fault(`${subject} goes back from ${before.revision} to ${revision}`)
    const isRepeat = before?.revision === revision
    if (isRepeat && kind === 'live' && this.#reader.all && !this.#hasGap)
      this.#fault(`receives the change ${revision} of ${subject} twice`)
    if (kind === 'live' && this.#reader.all && !this.#hasGap && !this.#isSyncing) this.#demandNext(subject, revision)
    if (kind === 'replayed' && !this.#isSyncing) this.#fault(`receives the value of ${subject} after the end of values`)
    this.#given.add(subject)
    this.#held.set(subject, { revision, payload })
  }

  /** A reader of every change receives them one by one. */
  #demandNext(subject: string, revision: string): void {
    const changes = this.#changes.get(subject) ?? []
    const at = changes.findIndex((one) => one.revision === revision)
    const missed = changes[at - 1]?.revision
    const held = this.#held.get(subject)?.revision ?? ''
    if (at > 0 && missed !== undefined && held < missed && held !== '') this.#fault(`misses ${missed} of ${subject}`)
  }

  /**
   * The reader holds what was acknowledged before a time, or newer. A write that began after `now`
   * explains nothing.
   */
  #demandComplete(when: string, time: number, now = time): void {
    for (const [subject, changes] of this.#changes) {
      const newest = changes.findLast(({ to }) => to !== undefined && to < time)
      if (!newest) continue
      const held = this.#held.get(subject)
      if (held === undefined) {
        const mayBeDeleted = this.#writes.some(
          (one) => one.subject === subject && one.payload === undefined && isLater(one, newest) && one.from < now,
        )
        if (newest.payload !== undefined && !mayBeDeleted) this.#fault(`lacks ${subject} ${newest.revision} ${when}`)
      } else if (held.revision < (newest.revision ?? ''))
        this.#fault(`has ${subject} ${held.revision} ${when}, older than ${newest.revision}`)
    }
  }

  #fault(text: string): void {
    this.#faults.push(`${this.#reader.name} ${text}`)
  }
}

/** Whether a write may be later than another. */
function isLater({ revision }: RecordedWrite, than: RecordedWrite): boolean {
  return revision === undefined || revision > (than.revision ?? '')
}
