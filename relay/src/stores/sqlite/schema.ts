import type { Database } from './database.js'
import { applicationId, faultOfVersion, fileVersion, foreign } from './file-fault.js'

/** The tables of a store, and how those of older versions become them. */
export interface Schema {
  readonly version: number
  /** Creates the tables of this version. */
  readonly create: string
  /** By an older version: makes its tables those of the next. */
  readonly migrations: Readonly<Record<number, string>>
}

const create = `
  CREATE TABLE "values" (
    subject TEXT PRIMARY KEY,
    revision TEXT NOT NULL,
    payload BLOB NOT NULL,
    is_text INTEGER NOT NULL,
    headers TEXT,
    user TEXT,
    expires_at INTEGER,
    will BLOB,
    will_is_text INTEGER,
    will_lease TEXT
  );
  CREATE INDEX expiring ON "values" (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX willed ON "values" (will_lease) WHERE will_lease IS NOT NULL;
  CREATE TABLE leases (lease TEXT PRIMARY KEY, renewed_at INTEGER NOT NULL);
  CREATE TABLE terms (term TEXT PRIMARY KEY, last INTEGER NOT NULL);
`

/** The payload is last: SQLite reads a long one only if a column at or after it is asked for. */
const history = `
  CREATE TABLE messages (
    position TEXT PRIMARY KEY,
    rule INTEGER NOT NULL,
    subject TEXT NOT NULL,
    kept_at INTEGER NOT NULL,
    change INTEGER NOT NULL,
    is_text INTEGER NOT NULL,
    headers TEXT,
    user TEXT,
    payload BLOB NOT NULL
  );
  CREATE INDEX messages_of_subject ON messages (subject, position);
  CREATE INDEX messages_of_rule ON messages (rule, position);
  CREATE TABLE kept_subjects (
    subject TEXT PRIMARY KEY,
    rule INTEGER NOT NULL,
    messages INTEGER NOT NULL,
    forgotten TEXT NOT NULL
  );
  CREATE TABLE rules (
    rule INTEGER PRIMARY KEY,
    subjects TEXT NOT NULL,
    forgotten TEXT NOT NULL,
    newest_forgotten TEXT NOT NULL
  );
`

const keys = `
  CREATE TABLE keys (
    name TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    revision TEXT,
    done_at INTEGER NOT NULL
  );
  CREATE INDEX done_keys ON keys (done_at);
`

const current: Schema = {
  version: fileVersion,
  create: create + history + keys,
  migrations: { 1: history, 2: keys },
}

/**
 * Creates the tables of an empty database, or migrates those of an older version: in one
 * transaction, so that a crash leaves the older version. Returns why the database can't be used, or
 * undefined.
 */
export function prepareTables(
  database: Database,
  { version, create, migrations }: Schema = current,
): string | undefined {
  const found = numberOf(database, 'user_version')
  if (numberOf(database, 'application_id') !== applicationId)
    return isEmpty(database) ? apply(database, [create], version) : foreign
  const fault = faultOfVersion(found, version)
  if (fault !== undefined || found === version) return fault
  const steps = Array.from({ length: version - found }, (_, i) => migrations[found + i])
  return apply(database, steps.map(known), version)
}

function known(step: string | undefined): string {
  if (step === undefined) throw new RangeError('the schema lacks a migration')
  return step
}

function apply(database: Database, steps: readonly string[], version: number): undefined {
  database.exec('BEGIN IMMEDIATE')
  try {
    for (const step of steps) database.exec(step)
    database.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version}; COMMIT`)
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK')
  }
}

function isEmpty(database: Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined
}

function numberOf(database: Database, pragma: string): number {
  const [row] = database.prepare(`PRAGMA ${pragma}`).raw().all() as readonly (readonly [number])[]
  return row?.[0] ?? 0
}
