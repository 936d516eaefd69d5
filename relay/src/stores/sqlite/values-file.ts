import type { Pattern, Subject } from '@wildcast/protocol'
import { leaseMs, type StoredValue, type ValuePage, type ValuePageRequest } from '../../core/store.js'
import { type StoreLimits, storageFull } from '../limits.js'
import type { Database, Statement } from './database.js'
import { Numbers, type TermStart } from './numbers.js'
import { pageOfValues } from './page-of-values.js'
import { type FileValue, storedValueOf } from './row.js'
import { type Transaction, transactionsOf } from './transaction.js'
import { type Present, type StoreContents, ValueTable } from './value-table.js'
import { type Change, type FileWrite, failureOf, type Outcome, type Swept } from './writer-messages.js'

/** The most changes of one `sweep`. */
const mostSwept = 1000

/** The values in an open file. Each method that writes is one transaction. */
export class ValuesFile {
  readonly #database: Database
  readonly #limits: StoreLimits
  readonly #table: ValueTable
  readonly #numbers: Numbers
  readonly #transaction: Transaction
  readonly #renew: Statement
  readonly #lease: Statement
  readonly #expired: Statement
  readonly #willed: Statement
  readonly #forget: Statement

  constructor(database: Database, limits: StoreLimits, start: TermStart) {
    this.#database = database
    this.#limits = limits
    this.#table = new ValueTable(database)
    this.#numbers = new Numbers(database, start)
    const prepare = (sql: string): Statement => database.prepare(sql)
    this.#transaction = transactionsOf(database)
    this.#renew = prepare('INSERT OR REPLACE INTO leases (lease, renewed_at) VALUES (?, ?)')
    this.#lease = prepare('INSERT OR IGNORE INTO leases (lease, renewed_at) VALUES (?, ?)')
    this.#expired = prepare('SELECT subject FROM "values" WHERE expires_at <= ? ORDER BY expires_at LIMIT ?').raw()
    this.#willed = prepare(
      'SELECT subject FROM "values" JOIN leases ON will_lease = lease WHERE renewed_at <= ? LIMIT ?',
    ).raw()
    this.#forget = prepare('DELETE FROM leases WHERE renewed_at <= ?')
  }

  get contents(): StoreContents {
    return this.#table.contents
  }

  read(subject: Subject): StoredValue | undefined {
    const value = this.#table.get(subject)
    return value && storedValueOf(value)
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
   * Writes in one transaction, each on its condition. If the transaction fails, each write gets one
   * of its own, so that a full disk refuses only what has no room.
   */
  write(writes: readonly FileWrite[], now: number): readonly Outcome[] {
    try {
      return this.transaction(() => writes.map((write) => this.apply(write, now)))
    } catch (cause) {
      return writes.length === 1 ? [failed(cause)] : writes.flatMap((write) => this.write([write], now))
    }
  }

  renew(lease: string, now: number): void {
    this.transaction(() => this.#renew.run(lease, now))
  }

  /** Deletes values that have expired, and writes the wills of leases that have. */
  sweep(now: number): Swept {
    const due = this.#due(this.#expired, now)
    const wills = this.#due(this.#willed, now - leaseMs)
    const more = due.length === mostSwept || wills.length === mostSwept
    if (due.length + wills.length === 0) return { changes: [], more }
    return this.transaction(() => {
      const changes = [
        ...due.map((subject) => this.#expire(subject)),
        ...wills.map((subject) => this.#execute(subject)),
      ]
      if (!more) this.#forget.run(now - leaseMs)
      return { changes: changes.flat(), more }
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

  #due(statement: Statement, until: number): readonly Subject[] {
    const rows = statement.all(until, mostSwept) as readonly (readonly [Subject])[]
    return rows.map(([subject]) => subject)
  }

  /** Makes one change, inside a transaction. */
  apply(write: FileWrite, now: number): Outcome {
    const { subject, payload, ifRevision, ttlMs, headers, user, will } = write
    const before = this.#table.present(subject)
    if (ifRevision !== undefined && ifRevision !== (before?.revision ?? null))
      return { kind: 'refused', revision: before?.revision }
    if (payload.length === 0) return this.#remove(subject, before)
    const expiresAt = ttlMs === undefined ? undefined : now + ttlMs
    const value = { subject, payload, headers, user, will, expiresAt, revision: '' }
    const limit = this.#exceeded(value, before)
    if (limit) return failed(storageFull(limit, this.#limits[limit]))
    if (will) this.#lease.run(will.lease, now)
    const revision = this.#numbers.next()
    this.#table.put({ ...value, revision }, before)
    return { kind: 'written', revision }
  }

  #remove(subject: Subject, before: Present | undefined): Outcome {
    if (!before) return { kind: 'unchanged' }
    this.#table.remove(subject, before)
    return { kind: 'written', revision: this.#numbers.next() }
  }

  /** Returns the limit that a value would exceed. One that does not grow always has room. */
  #exceeded(value: FileValue, before: Present | undefined): keyof StoreLimits | undefined {
    const { values, bytes } = this.#table.contentsWith(value, before)
    if (!before && values > this.#limits.values) return 'values'
    return bytes > this.#limits.bytes && bytes > this.contents.bytes ? 'bytes' : undefined
  }

  #expire(subject: Subject): readonly Change[] {
    const before = this.#table.present(subject)
    const outcome = this.#remove(subject, before)
    return outcome.kind === 'written' ? [{ subject, payload: '', revision: outcome.revision }] : []
  }

  #execute(subject: Subject): readonly Change[] {
    const value = this.#table.get(subject)
    const before = this.#table.present(subject)
    if (!value?.will || !before) return [] // it has just expired
    const { payload } = value.will
    if (payload.length === 0) return this.#expire(subject)
    const { user } = value
    const revision = this.#numbers.next()
    this.#table.put({ subject, payload, user, revision }, before)
    return [{ subject, payload, user, revision }]
  }
}

function failed(cause: unknown): Outcome {
  return { kind: 'failed', failure: failureOf(cause) }
}
