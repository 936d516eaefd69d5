import { payloadBytes } from '@wildcast/protocol'
import type { Database, Statement } from './database.js'
import type { Row } from './row.js'

/** How many rows one statement writes: each call of SQLite costs as much as half a row. */
const sizes = [16, 4, 1]

const allColumns = [
  'subject',
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

/** All columns but the subject, each as it would be inserted. */
const replaced = allColumns
  .slice(1)
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')

interface Columns {
  /** By the number of rows. */
  readonly statements: readonly (readonly [size: number, statement: Statement])[]
  /** Adds the parameters of a row. */
  add(row: Row, parameters: unknown[]): void
}

/** Inserts and replaces rows of the table `values`, several with each statement. */
export class RowWriter {
  readonly #all: Columns
  /** Of text without more than a user. SQLite makes its bytes, at less cost than a buffer has. */
  readonly #text: Columns

  constructor(database: Database) {
    const places = allColumns.map(() => '?').join(', ')
    this.#all = {
      statements: statementsOf(database, allColumns, places),
      add: ([subject, revision, payload, ...rest], parameters) =>
        void parameters.push(subject, revision, payloadBytes(payload), ...rest),
    }
    const few = ['subject', 'revision', 'payload', 'is_text', 'user']
    this.#text = {
      statements: statementsOf(database, few, '?, ?, CAST(? AS BLOB), 1, ?'),
      add: ([subject, revision, payload, , , user], parameters) =>
        void parameters.push(subject, revision, payload, user),
    }
  }

  /** Writes rows, each of another subject. */
  write(rows: Iterable<Row>): void {
    const [text, all]: [Row[], Row[]] = [[], []]
    for (const row of rows) (isOnlyText(row) ? text : all).push(row)
    run(this.#text, text)
    run(this.#all, all)
  }
}

function isOnlyText([, , payload, , headers, , expiresAt, will]: Row): boolean {
  return typeof payload === 'string' && headers === null && expiresAt === null && will === null
}

function statementsOf(database: Database, columns: readonly string[], places: string): Columns['statements'] {
  // Not "OR REPLACE", which would write the index of the subjects, too.
  return sizes.map((size) => [
    size,
    database.prepare(
      `INSERT INTO "values" (${columns.join(', ')}) VALUES ${Array(size).fill(`(${places})`).join(', ')}
       ON CONFLICT (subject) DO UPDATE SET ${replaced}`,
    ),
  ])
}

function run({ statements, add }: Columns, rows: readonly Row[]): void {
  let at = 0
  for (const [size, statement] of statements)
    for (; at + size <= rows.length; at += size) {
      const parameters: unknown[] = []
      for (let i = at; i < at + size; i++) add(rows[i] as Row, parameters)
      statement.run(parameters)
    }
}
