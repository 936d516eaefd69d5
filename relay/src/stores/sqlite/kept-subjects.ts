import type { Pattern, Subject } from '@wildcast/protocol'
import type { Database, Statement } from './database.js'
import { rangeOf } from './subject-range.js'

/** A subject that has messages. */
export interface KeptSubject {
  readonly subject: Subject
  /** The index of its rule. */
  readonly rule: number
  /** The number of its messages. */
  readonly messages: number
  /** The number up to which its messages were forgotten. */
  readonly forgotten: string
}

type KeptRow = readonly [subject: Subject, rule: number, messages: number, forgotten: string]

/** The table `kept_subjects`. */
export class KeptSubjects {
  readonly #get: Statement
  readonly #put: Statement
  readonly #remove: Statement
  readonly #between: Statement
  readonly #all: Statement

  constructor(database: Database) {
    const prepare = (sql: string): Statement => database.prepare(sql).raw()
    this.#get = prepare('SELECT * FROM kept_subjects WHERE subject = ?')
    this.#put = database.prepare(
      `INSERT INTO kept_subjects VALUES (?, ?, ?, ?) ON CONFLICT (subject) DO UPDATE
       SET rule = excluded.rule, messages = excluded.messages, forgotten = excluded.forgotten`,
    )
    this.#remove = database.prepare('DELETE FROM kept_subjects WHERE subject = ?')
    this.#between = prepare('SELECT * FROM kept_subjects WHERE subject >= ? AND subject < ? LIMIT ?')
    this.#all = prepare('SELECT * FROM kept_subjects')
  }

  get(subject: Subject): KeptSubject | undefined {
    const row = this.#get.get(subject) as KeptRow | undefined
    return row && keptOf(row)
  }

  put({ subject, rule, messages, forgotten }: KeptSubject): void {
    this.#put.run(subject, rule, messages, forgotten)
  }

  remove(subject: Subject): void {
    this.#remove.run(subject)
  }

  /** Returns subjects among which those of a pattern are, `most` of them. */
  near(pattern: Pattern, most: number): readonly KeptSubject[] {
    const { prefix, end } = rangeOf(pattern)
    // Bytes are greater than any text.
    return (this.#between.all(prefix, end ?? new Uint8Array(), most) as readonly KeptRow[]).map(keptOf)
  }

  all(): readonly KeptSubject[] {
    return (this.#all.all() as readonly KeptRow[]).map(keptOf)
  }
}

function keptOf([subject, rule, messages, forgotten]: KeptRow): KeptSubject {
  return { subject, rule, messages, forgotten }
}
