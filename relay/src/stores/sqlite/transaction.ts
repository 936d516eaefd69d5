import { WildcastError } from '@wildcast/protocol'
import type { Database } from './database.js'
import { codeOf } from './open-file.js'

/** Runs changes in one transaction. If they throw, nothing has changed. */
export type Transaction = <Result>(run: () => Result) => Result

/** Returns a runner of transactions. */
export function transactionsOf(database: Database): Transaction {
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')]
  return (run) => {
    let ending = false
    try {
      begin.run()
      const result = run()
      ending = true
      commit.run()
      return result
    } catch (cause) {
      if (database.inTransaction) database.exec('ROLLBACK')
      throw failureOf(cause, ending)
    }
  }
}

/** Returns the error of a transaction that failed. */
function failureOf(cause: unknown, ending: boolean): unknown {
  const code = codeOf(cause)
  if (!code.startsWith('SQLITE_')) return cause
  if (code === 'SQLITE_FULL')
    return new WildcastError('storage_full', 'the disk of the store is full: free some space on it', { cause })
  const why = `the file of the store can't be written (${code}); look at its disk and its permissions`
  return new WildcastError(ending ? 'interrupted' : 'broker_down', why, { cause })
}

/** Moves the content of the WAL into the database, so that its space can be used again. */
export function emptyLog(database: Database): void {
  try {
    database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all()
  } catch {
    // There is no room in the database either: the writes fail.
  }
}
