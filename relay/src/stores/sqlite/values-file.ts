import type { Pattern, Subject } from '@wildcast/protocol'
import type { StoredValue, ValuePage, ValuePageRequest } from '../../core/store.js'
import { type StoreLimits, storageFull } from '../limits.js'
import type { Database } from './database.js'
import { Due } from './due.js'
import { Numbers, type TermStart } from './numbers.js'
import { pageOfValues } from './page-of-values.js'
import { type FileValue, plainValueOf, rowOf } from './row.js'
import { emptyLog, type Transaction, transactionsOf } from './transaction.js'
import { type Present, type StoreContents, ValueTable } from './value-table.js'
import { type Change, type FileWrite, failedOutcome, type Outcome, type Swept } from './writer-messages.js'

/** The values in an open file. Each method that writes is one transaction. */
export class ValuesFile {
  readonly #database: Database
  readonly #limits: StoreLimits
  readonly #table: ValueTable
  readonly #numbers: Numbers
  readonly #transaction: Transaction
  readonly #due: Due

  constructor(database: Database, limits: StoreLimits, start: TermStart) {
    this.#database = database
    this.#limits = limits
    this.#table = new ValueTable(database)
    this.#numbers = new Numbers(database, start)
    this.#transaction = transactionsOf(database)
    this.#due = new Due(database)
  }

  get contents(): StoreContents {
    return this.#table.contents
  }

  read(subject: Subject): StoredValue | undefined {
    const value = this.#table.get(subject)
    return value && plainValueOf(value)
  }

  /** Reads a page, in steps between which other work may run. */
  page(pattern: Pattern, request: ValuePageRequest): Generator<undefined, ValuePage, undefined> {
    return pageOfValues(this.#table, pattern, request)
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
      return this.transaction(() => writes.map((write) => this.apply(write, now)))
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

  /** Deletes values that have expired, and writes the wills of leases that have. */
  sweep(now: number): Swept {
    const { expired, willed, leases, more } = this.#due.find(now)
    if (expired.length === 0 && !leases) return { changes: [], more }
    return this.transaction(() => {
      const changes = [
        ...expired.flatMap((subject) => this.#delete(subject)),
        ...willed.flatMap((subject) => this.#fulfil(subject)),
      ]
      if (!more) this.#due.end(now)
      return { changes, more }
    })
  }

  /** Gives the space of deleted values back to the file system. */
  compact(): void {
    this.#database.exec('VACUUM')
  }

  /** Runs changes in one transaction. If they fail, nothing has changed. */
  transaction<Result>(run: () => Result): Result {
    const undo = [this.#table.mark(), this.#numbers.mark()]
    try {
      return this.#transaction(() => {
        const result = run()
        this.#numbers.save()
        return result
      })
    } catch (cause) {
      for (const one of undo) one()
      throw cause
    }
  }

  /** Makes one change, inside a transaction. */
  apply(write: FileWrite, now: number): Outcome {
    const { subject, payload, ifRevision, ttlMs, headers, user, will } = write
    const before = this.#table.present(subject)
    if (ifRevision !== undefined && ifRevision !== (before?.revision ?? null))
      return { kind: 'refused', revision: before?.revision }
    if (payload.length === 0) return this.#remove(subject, before)
    const expiresAt = ttlMs === undefined ? undefined : now + ttlMs
    const row = rowOf({ subject, payload, headers, user, will, expiresAt })
    const limit = this.#table.exceeded(this.#limits, row, before)
    if (limit) return failedOutcome(storageFull(limit, this.#limits[limit]))
    if (will) this.#due.begin(will.lease, now)
    const revision = this.#numbers.next()
    this.#table.put(row, revision, before)
    return { kind: 'written', revision }
  }

  #remove(subject: Subject, before: Present | undefined): Outcome {
    if (!before) return { kind: 'unchanged' }
    this.#table.remove(subject, before)
    return { kind: 'written', revision: this.#numbers.next() }
  }

  #delete(subject: Subject): readonly Change[] {
    const before = this.#table.present(subject)
    const outcome = this.#remove(subject, before)
    return outcome.kind === 'written' ? [{ subject, payload: '', revision: outcome.revision }] : []
  }

  #fulfil(subject: Subject): readonly Change[] {
    const value = this.#table.get(subject)
    const before = this.#table.present(subject)
    if (!value?.will || !before) return [] // it has just expired
    const { payload } = value.will
    if (payload.length === 0) return this.#delete(subject)
    const { user } = value
    const revision = this.#numbers.next()
    this.#table.put(rowOf({ subject, payload, user }), revision, before)
    return [{ subject, payload, user, revision }]
  }
}
