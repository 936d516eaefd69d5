import { isWellFormed, type Subject } from '@wildcast/protocol'
import type { StoreLimits } from '../limits.js'
import type { Database, Statement } from './database.js'
import { type FileValue, fileValueOf, type Row, sizeColumn, sizeOfRow } from './row.js'
import { RowWriter } from './row-writer.js'

/** How much a table of values holds. */
export interface ValueContents {
  readonly values: number
  /** Of subjects, payloads, headers and wills. */
  readonly bytes: number
}

/** A value before it is replaced. */
export interface Present {
  readonly revision: string
  readonly bytes: number
}

/** The most rows that wait to be written. */
const mostPending = 256

/**
 * The table `values`. Counts what it holds. The rows that a transaction puts are written together
 * by `save`, before its end: until then only `get` and `present` know of them.
 */
export class ValueTable {
  readonly #get: Statement
  readonly #present: Statement
  readonly #presentOfAll: Statement
  readonly #writer: RowWriter
  readonly #remove: Statement
  readonly #subjects: Statement
  readonly #all: Statement
  #contents: ValueContents
  /** Rows that are not written yet. */
  readonly #pending: Map<Subject, Row> = new Map()
  /** Read before they were asked for, and not changed since then. */
  readonly #expected: Map<Subject, Present | undefined> = new Map()

  constructor(database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql).raw()
    this.#get = prepare('SELECT * FROM "values" WHERE subject = ?')
    this.#present = prepare(`SELECT revision, ${sizeColumn} FROM "values" WHERE subject = ?`)
    // One text for all: each column that is returned costs as much as a row.
    this.#presentOfAll = prepare(
      `SELECT json_group_array(coalesce(revision || ' ' || (${sizeColumn}), ''))
       FROM json_each(?) LEFT JOIN "values" ON subject = value`,
    )
    this.#writer = new RowWriter(database)
    this.#remove = database.prepare('DELETE FROM "values" WHERE subject = ?')
    this.#subjects = prepare('SELECT subject FROM "values" WHERE subject > ? AND subject < ? ORDER BY subject LIMIT ?')
    this.#all = prepare('SELECT * FROM "values" ORDER BY subject')
    const sums = prepare(`SELECT count(*), coalesce(sum(${sizeColumn}), 0) FROM "values"`)
    const [values, bytes] = sums.get() as readonly [number, number]
    this.#contents = { values, bytes }
  }

  get contents(): ValueContents {
    return this.#contents
  }

  get(subject: Subject): FileValue | undefined {
    if (this.#pending.has(subject)) this.#write()
    const row = this.#get.get(subject) as Row | undefined
    return row && fileValueOf(row)
  }

  /** Reads what `present` will be asked for, inside the transaction that asks. */
  expect(subjects: readonly Subject[]): void {
    // Text that is not well-formed would be another in JSON.
    const read = subjects.filter(isWellFormed)
    const [text] = this.#presentOfAll.get(JSON.stringify(read)) as readonly [string]
    for (const [i, found] of (JSON.parse(text) as readonly string[]).entries()) {
      const [revision = '', bytes] = found.split(' ')
      this.#expected.set(read[i] as Subject, found === '' ? undefined : { revision, bytes: Number(bytes) })
    }
  }

  present(subject: Subject): Present | undefined {
    const pending = this.#pending.get(subject)
    if (pending) return { revision: pending[1], bytes: sizeOfRow(pending) }
    if (this.#expected.has(subject)) return this.#expected.get(subject)
    const row = this.#present.get(subject) as readonly [string, number] | undefined
    return row && { revision: row[0], bytes: row[1] }
  }

  /**
   * Returns the limit that a row would exceed, beside `others` bytes. One that does not grow always
   * has room.
   */
  exceeded(limits: StoreLimits, row: Row, before: Present | undefined, others: number): keyof StoreLimits | undefined {
    const { values, bytes } = this.#contents
    if (!before && values >= limits.values) return 'values'
    const more = sizeOfRow(row) - (before?.bytes ?? 0)
    return more > 0 && bytes + others + more > limits.bytes ? 'bytes' : undefined
  }

  put(row: Row, revision: string, before: Present | undefined): void {
    const [text, , ...rest] = row
    const subject = text as Subject
    this.#pending.set(subject, [subject, revision, ...rest])
    this.#expected.delete(subject)
    const { values, bytes } = this.#contents
    this.#contents = { values: values + (before ? 0 : 1), bytes: bytes - (before?.bytes ?? 0) + sizeOfRow(row) }
    if (this.#pending.size >= mostPending) this.#write()
  }

  remove(subject: Subject, before: Present): void {
    this.#pending.delete(subject)
    this.#expected.delete(subject)
    this.#remove.run(subject)
    const { values, bytes } = this.#contents
    this.#contents = { values: values - 1, bytes: bytes - before.bytes }
  }

  /**
   * Returns the next subjects between two texts, which are excluded. Subjects have the order of
   * their UTF-8 bytes.
   */
  subjects(after: string, before: string | undefined, most: number): readonly Subject[] {
    // Bytes are greater than any text.
    const rows = this.#subjects.all(after, before ?? new Uint8Array(), most) as readonly (readonly [Subject])[]
    return rows.map(([subject]) => subject)
  }

  *all(): Iterable<FileValue> {
    for (const row of this.#all.iterate()) yield fileValueOf(row as Row)
  }

  /** Writes what was put, in the transaction of the changes. */
  save(): void {
    this.#write()
    this.#expected.clear()
  }

  /** Returns a function that restores what is in memory, if the changes from here on are undone. */
  mark(): () => void {
    const contents = this.#contents
    return () => {
      this.#contents = contents
      this.#pending.clear()
      this.#expected.clear()
    }
  }

  #write(): void {
    if (this.#pending.size === 0) return
    this.#writer.write(this.#pending.values())
    this.#pending.clear()
  }
}
