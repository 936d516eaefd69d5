import type { Subject } from '@wildcast/protocol'
import { leaseMs } from '../../core/store.js'
import type { Database, Statement } from './database.js'

/** The most subjects that are found at once. */
const most = 1000

/** The subjects whose values change by themselves. */
export interface DueSubjects {
  readonly expired: readonly Subject[]
  /** Those with a will whose lease has expired. */
  readonly willed: readonly Subject[]
  /** Whether there are more. */
  readonly more: boolean
  /** Whether leases have expired. */
  readonly leases: boolean
}

/** The leases of wills, and the times at which values expire. */
export class Due {
  readonly #renew: Statement
  readonly #begin: Statement
  readonly #expired: Statement
  readonly #willed: Statement
  readonly #ended: Statement
  readonly #end: Statement

  constructor(database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql)
    this.#renew = prepare('INSERT OR REPLACE INTO leases (lease, renewed_at) VALUES (?, ?)')
    this.#begin = prepare('INSERT OR IGNORE INTO leases (lease, renewed_at) VALUES (?, ?)')
    this.#expired = prepare('SELECT subject FROM "values" WHERE expires_at <= ? ORDER BY expires_at LIMIT ?').raw()
    this.#willed = prepare(
      'SELECT subject FROM "values" JOIN leases ON will_lease = lease WHERE renewed_at <= ? LIMIT ?',
    ).raw()
    this.#ended = prepare('SELECT 1 FROM leases WHERE renewed_at <= ? LIMIT 1')
    this.#end = prepare('DELETE FROM leases WHERE renewed_at <= ?')
  }

  renew(lease: string, now: number): void {
    this.#renew.run(lease, now)
  }

  /** Begins a lease that was never renewed. */
  begin(lease: string, now: number): void {
    this.#begin.run(lease, now)
  }

  find(now: number): DueSubjects {
    const expired = subjectsOf(this.#expired, now)
    const willed = subjectsOf(this.#willed, now - leaseMs)
    const leases = this.#ended.get(now - leaseMs) !== undefined
    return { expired, willed, leases, more: expired.length === most || willed.length === most }
  }

  /** Ends the leases that have expired, once their wills are written. */
  end(now: number): void {
    this.#end.run(now - leaseMs)
  }
}

function subjectsOf(statement: Statement, until: number): readonly Subject[] {
  const rows = statement.all(until, most) as readonly (readonly [Subject])[]
  return rows.map(([subject]) => subject)
}
