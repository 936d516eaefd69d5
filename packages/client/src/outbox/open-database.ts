import { WildcastError } from '@wildcast/protocol/client'
import type { ClientClock } from '../time/clock.js'

/** That of the schema, which is the version of the database. There was none before. */
const version = 1
/** Browsers have been seen not to answer. */
const deadlineMs = 10_000

/**
 * Opens a database of our schema, or makes it.
 * @throws {WildcastError} `unsupported` if it has another schema, which it keeps, or can't be
 * opened
 */
export function openDatabase(factory: IDBFactory, name: string, clock: ClientClock): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, version)
    let isLate = false
    const deadline = clock.after(deadlineMs, () => {
      isLate = true
      reject(new WildcastError('timeout', `the database "${name}" does not open: load the page again`))
    })
    request.onupgradeneeded = () => {
      const database = request.result
      database.createObjectStore('messages', { keyPath: 'id', autoIncrement: true }).createIndex('owner', 'owner')
      database.createObjectStore('totals')
    }
    request.onerror = () => {
      const { error } = request
      deadline()
      reject(error?.name === 'VersionError' ? otherSchema(name) : WildcastError.from(error, 'unsupported'))
    }
    request.onsuccess = () => {
      const database = request.result
      deadline()
      const isOurs = ['messages', 'totals'].every((store) => database.objectStoreNames.contains(store))
      if (isOurs && !isLate) resolve(database)
      else {
        database.close()
        reject(otherSchema(name))
      }
    }
  })
}

function otherSchema(name: string): WildcastError {
  const remedy = 'load the version of the page that wrote it, or delete the database, and what it keeps with it'
  return new WildcastError('unsupported', `the database "${name}" is of another version of the outbox: ${remedy}`)
}
