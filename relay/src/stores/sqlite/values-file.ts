import type { Pattern, Subject } from '@wildcast/protocol'
import type { HistoryRules } from '../../core/history-rules.js'
import type { HistoryPage, HistoryPageRequest, HistoryState } from '../../core/history-store.js'
import type { StoredValue, ValuePage, ValuePageRequest } from '../../core/store.js'
import { type StoreLimits, storageFull } from '../limits.js'
import type { Database } from './database.js'
import { Due } from './due.js'
import type { FileWrite, Outcome } from './file-write.js'
import { KeyTable } from './key-table.js'
import { MessageLog } from './message-log.js'
import { type FileMessage, sizeOfMessage, valueChanges } from './message-row.js'
import { Numbers, type TermStart } from './numbers.js'
import { pageOfValues } from './page-of-values.js'
import { type FileValue, plainValueOf, rowOf } from './row.js'
import { emptyLog, type Transaction, transactionsOf } from './transaction.js'
import { type Present, ValueTable } from './value-table.js'
import { type Change, failedOutcome, type StoreContents, type Swept } from './writer-messages.js'

/** The values and messages in an open file. Each method that writes is one transaction. */
export class ValuesFile {
  readonly #database: Database
  readonly #limits: StoreLimits
  readonly #table: ValueTable
  readonly #numbers: Numbers
  readonly #log: MessageLog
  readonly #transaction: Transaction
  readonly #due: Due
  readonly #keys: KeyTable

  /** Without rules it keeps the messages that the file has, and no others but imported ones. */
  constructor(database: Database, limits: StoreLimits, start: TermStart, rules?: HistoryRules) {
    this.#database = database
    this.#limits = limits
    this.#table = new ValueTable(database)
    this.#numbers = new Numbers(database, start)
    this.#transaction = transactionsOf(database)
    this.#due = new Due(database)
    this.#keys = new KeyTable(database)
    this.#log = new MessageLog(database, this.#numbers, rules)
    this.transaction(() => this.#log.open())
  }

  get contents(): StoreContents {
    const { values, bytes } = this.#table.contents
    const { messages, messageBytes } = this.#log.contents
    return { values, messages, bytes: bytes + messageBytes, messageBytes }
  }

  read(subject: Subject): StoredValue | undefined {
    const value = this.#table.get(subject)
    return value && plainValueOf(value)
  }

  /** Reads a page, in steps between which other work may run. */
  page(pattern: Pattern, request: ValuePageRequest): Generator<undefined, ValuePage, undefined> {
    return pageOfValues(this.#table, pattern, request)
  }

  /** Reads a page of messages, in steps between which other work may run. */
  historyPage(pattern: Pattern, request: HistoryPageRequest): Generator<undefined, HistoryPage, undefined> {
    return this.#log.page(pattern, request)
  }

  historyState(pattern: Pattern, position: string): HistoryState & { readonly isKnown: boolean } {
    return { ...this.#log.state(pattern), isKnown: this.#numbers.isKnown(position) }
  }

  /** All messages, in the order of their positions. */
  allMessages(): Iterable<FileMessage> {
    return this.#log.all()
  }

  /** Forgets messages past their age. Returns whether there may be more. */
  forget(now: number): boolean {
    return this.transaction(() => this.#log.forget(now))
  }

  /** All values, also of reserved subjects. */
  all(): Iterable<FileValue> {
    return this.#table.all()
  }

  /**
   * Writes in one transaction, each on its condition. If the disk is full, each write gets one of
   * its own, so that only those without room are refused.
   */
  write(writes: readonly FileWrite[], now: number): readonly Outcome[] {
    try {
      return this.transaction(() => {
        const changed = writes.flatMap(({ subject, append }) => (append ? [] : [subject]))
        if (changed.length > 1) this.#table.expect(changed)
        return writes.map((write) => this.apply(write, now))
      })
    } catch (cause) {
      const outcome = failedOutcome(cause)
      if (outcome.failure.code !== 'storage_full' || writes.length === 1) return writes.map(() => outcome)
      emptyLog(this.#database)
      return writes.flatMap((write) => this.write([write], now))
    }
  }

  renew(lease: string, now: number): void {
    this.transaction(() => this.#due.renew(lease, now))
  }

  /** Deletes values that have expired, writes the wills of leases that have, and forgets keys. */
  sweep(now: number): Swept {
    const { expired, willed, leases, more } = this.#due.find(now)
    if (expired.length === 0 && !leases && !this.#keys.hasOld(now)) return { changes: [], more }
    return this.transaction(() => {
      const changes = [
        ...expired.flatMap((subject) =>
          this.#delete(subject, now).map((change) => ({ ...change, expired: true as const })),
        ),
        ...willed.flatMap((subject) => this.#fulfil(subject, now)),
      ]
      if (!more) this.#due.end(now)
      this.#keys.forget(now)
      return { changes, more }
    })
  }

  /** Gives the space of deleted values back to the file system. */
  compact(): void {
    this.#database.exec('VACUUM')
  }

  /** Runs changes in one transaction. If they fail, nothing has changed. */
  transaction<Result>(run: () => Result): Result {
    const undo = [this.#table.mark(), this.#numbers.mark(), this.#log.mark()]
    try {
      return this.#transaction(() => {
        const result = run()
        this.#table.save()
        this.#numbers.save()
        this.#log.save()
        return result
      })
    } catch (cause) {
      for (const one of undo) one()
      throw cause
    }
  }

  /** Makes one change, inside a transaction, unless one with its key was made. */
  apply(write: FileWrite, now: number): Outcome {
    const { key } = write
    const earlier = key && this.#keys.find(key, now)
    if (earlier) return earlier
    const outcome = write.append ? this.#append(write, now) : this.#change(write, now)
    if (key && (outcome.kind === 'written' || outcome.kind === 'unchanged')) this.#keys.add(key, outcome, now)
    return outcome
  }

  #change(write: FileWrite, now: number): Outcome {
    const { subject, payload, ifRevision, ttlMs, headers, user, will } = write
    const before = this.#table.present(subject)
    if (ifRevision !== undefined && ifRevision !== (before?.revision ?? null))
      return { kind: 'refused', revision: before?.revision }
    if (payload.length === 0) return this.#remove(write, before, now)
    const expiresAt = ttlMs === undefined ? undefined : now + ttlMs
    const row = rowOf({ subject, payload, headers, user, will, expiresAt })
    const limit = this.#table.exceeded(this.#limits, row, before, this.#log.contents.messageBytes)
    if (limit) return failedOutcome(storageFull(limit, this.#limits[limit]))
    if (will) this.#due.begin(will.lease, now)
    const revision = this.#numbers.next()
    this.#table.put(row, revision, before)
    this.#keep(write, revision, now)
    return { kind: 'written', revision }
  }

  #append(write: FileWrite, now: number): Outcome {
    const { bytes: most } = this.#limits
    const room = most - this.contents.bytes
    // Usually there is room without a look at the message that it replaces.
    if (sizeOfMessage(write) > room && this.#log.growth(write) > room) return failedOutcome(storageFull('bytes', most))
    const revision = this.#numbers.next()
    this.#log.add({ ...write, change: valueChanges.none, keptAt: write.keptAt ?? now }, revision)
    return { kind: 'written', revision }
  }

  /** Keeps the change of a value whose subject a rule names. It is never refused for its bytes. */
  #keep(write: FileWrite, revision: string, now: number): void {
    if (!this.#log.keeps(write.subject)) return
    const change = write.payload.length === 0 ? valueChanges.deleted : valueChanges.written
    this.#log.add({ ...write, change, keptAt: now }, revision)
  }

  #remove(write: FileWrite, before: Present | undefined, now: number): Outcome {
    if (!before) return { kind: 'unchanged' }
    this.#table.remove(write.subject, before)
    const revision = this.#numbers.next()
    this.#keep(write, revision, now)
    return { kind: 'written', revision }
  }

  #delete(subject: Subject, now: number): readonly Change[] {
    const before = this.#table.present(subject)
    const outcome = this.#remove({ subject, payload: '' }, before, now)
    return outcome.kind === 'written' ? [{ subject, payload: '', revision: outcome.revision }] : []
  }

  #fulfil(subject: Subject, now: number): readonly Change[] {
    const value = this.#table.get(subject)
    const before = this.#table.present(subject)
    if (!value?.will || !before) return [] // it has just expired
    const { payload } = value.will
    if (payload.length === 0) return this.#delete(subject, now)
    const { user } = value
    const revision = this.#numbers.next()
    this.#table.put(rowOf({ subject, payload, user }), revision, before)
    this.#keep({ subject, payload, user }, revision, now)
    return [{ subject, payload, user, revision }]
  }
}
