import type { Subject } from '@wildcast/protocol'
import type { StoreLimits } from '../limits.js'
import type { Database, Statement } from './database.js'
import { type FileValue, fileValueOf, type Row, sizeColumn, sizeOfRow } from './row.js'

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

/** All columns but the subject, each as it would be inserted. */
const replaced = [
  'revision',
  'payload',
  'is_text',
  'headers',
  'user',
  'expires_at',
  'will',
  'will_is_text',
  'will_lease',
]
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')

/** The table `values`. Counts what it holds. */
export class ValueTable {
  readonly #get: Statement
  readonly #present: Statement
  readonly #put: Statement
  readonly #remove: Statement
  readonly #subjects: Statement
  readonly #all: Statement
  #contents: ValueContents

  constructor(database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql).raw()
    this.#get = prepare('SELECT * FROM "values" WHERE subject = ?')
    this.#present = prepare(`SELECT revision, ${sizeColumn} FROM "values" WHERE subject = ?`)
    // Not "OR REPLACE", which would write the index of the subjects, too.
    this.#put = database.prepare(
      `INSERT INTO "values" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subject) DO UPDATE SET ${replaced}`,
    )
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
    const row = this.#get.get(subject) as Row | undefined
    return row && fileValueOf(row)
  }

  present(subject: Subject): Present | undefined {
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
    this.#put.run(row.with(1, revision))
    const { values, bytes } = this.#contents
    this.#contents = { values: values + (before ? 0 : 1), bytes: bytes - (before?.bytes ?? 0) + sizeOfRow(row) }
  }

  remove(subject: Subject, before: Present): void {
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

  /** Returns a function that restores the counts, if the changes from here on are undone. */
  mark(): () => void {
    const contents = this.#contents
    return () => {
      this.#contents = contents
    }
  }
}
