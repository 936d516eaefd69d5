import { WildcastError } from '@wildcast/protocol/client'
import type { ClientClock } from '../time/clock.js'

/** The first version of the schema, and the version of the database. */
const version = 1
/** Some browsers never answer. */
const deadlineMs = 10_000

/**
 * Opens the database of an outbox, or creates it.
 * @throws {WildcastError} `unsupported` if it has another schema, which is left unchanged, or can't
 * be opened; `timeout`
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
  const remedy = 'load the version of the page that wrote it, or delete the database and its messages'
  return new WildcastError('unsupported', `the database "${name}" has another version of the outbox: ${remedy}`)
}
