import Database from 'libsql'
import { damaged, faultOfFile } from './file-fault.js'
import { prepareTables } from './schema.js'
import { StoreFileFault } from './store-file-fault.js'

/** How long to wait for a process that has the file and is ending, in milliseconds. */
const lockMs = 2000

/**
 * Opens the file of a store for this process alone, creates or migrates its tables, and puts it in
 * WAL mode. A write that was committed survives the end of the process; after a loss of power the
 * last ones may be missing.
 * @throws {StoreFileFault}
 */
export function openFile(file: string): Database.Database {
  const fault = faultOfFile(file)
  if (fault !== undefined) throw new StoreFileFault(`the store ${file} ${fault}`)
  try {
    const database = new Database(file, { timeout: lockMs })
    // Before WAL: its index is then in memory, and needs no third file.
    set(database, 'locking_mode = EXCLUSIVE')
    database.exec('BEGIN EXCLUSIVE; COMMIT')
    // Before WAL, too: `faultOfFile` reads a header that would be in the WAL only.
    const unfit = prepareTables(database)
    if (unfit === undefined) {
      set(
        database,
        'journal_mode = WAL',
        'synchronous = NORMAL',
        'journal_size_limit = 16777216',
        'cache_size = -65536',
      )
      return database
    }
    closeFile(database)
    throw new StoreFileFault(`the store ${file} ${unfit}`)
  } catch (cause) {
    throw cause instanceof StoreFileFault ? cause : new StoreFileFault(`the store ${file} ${whyNot(cause)}`, { cause })
  }
}

/**
 * Closes the file, and leaves one file without a WAL. libsql keeps a database open until its
 * prepared statements are garbage, so the lock is released first.
 */
export function closeFile(database: Database.Database): void {
  try {
    // The last one reads, which releases the lock.
    set(database, 'journal_mode = DELETE', 'locking_mode = NORMAL', 'user_version')
  } finally {
    database.close()
  }
}

function set(database: Database.Database, ...pragmas: readonly string[]): void {
  for (const pragma of pragmas) database.prepare(`PRAGMA ${pragma}`).all()
}

/** Returns the predicate of a sentence about a file that SQLite can't open. */
function whyNot(cause: unknown): string {
  switch (codeOf(cause).replace(/^(SQLITE_[A-Z]+).*$/, '$1')) {
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return 'is in use by another process, such as a running relay; stop that process, or name another file'
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
      return damaged
    case 'SQLITE_FULL':
      return "can't be opened, since the disk is full; free some space"
    default:
      return `can't be opened: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}

/** Returns the code of an error of SQLite, such as `SQLITE_FULL`, or the empty text. */
export function codeOf(cause: unknown): string {
  const { code } = (cause ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' ? code : ''
}
