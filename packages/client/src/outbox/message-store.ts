import { WildcastError } from '@wildcast/protocol/client'
import type { DiscardedMessage, KeptMessage, NewMessage, Sending } from './kept-message.js'

/** The limits of an outbox. */
export interface Bounds {
  readonly messages: number
  readonly bytes: number
}

/** The current contents of an outbox. */
interface Totals {
  readonly count: number
  readonly bytes: number
}

/** The work of a transaction. `done` takes its result. */
type Work<Result> = (messages: IDBObjectStore, totals: IDBObjectStore, done: (result: Result) => void) => void

/**
 * The messages of an outbox, in IndexedDB. Each method is one atomic transaction.
 */
export class MessageStore {
  readonly #database: IDBDatabase
  readonly #bounds: Bounds
  readonly #changed: () => void
  #isClosed = false

  /** @param changed - called after each change of the messages */
  constructor(database: IDBDatabase, bounds: Bounds, changed: () => void) {
    this.#database = database
    this.#bounds = bounds
    this.#changed = changed
  }

  /**
   * Appends a message. Resolves with its id.
   * @throws {WildcastError} `storage_full`
   */
  async add(message: NewMessage): Promise<number> {
    let isFull = false
    try {
      const key = await this.#write<IDBValidKey>((messages, totals, done) => {
        const add = messages.add(message) // first, since it throws if the message can't be cloned
        add.onsuccess = () => done(add.result)
        this.#count(totals, 1, message.bytes, ({ count, bytes }) => {
          isFull = count > this.#bounds.messages || bytes > this.#bounds.bytes
          if (isFull) messages.transaction.abort()
        })
      })
      return Number(key)
    } catch (cause) {
      const hasNoQuota = cause instanceof DOMException && cause.name === 'QuotaExceededError'
      if (isFull) throw storageFull(`${this.#bounds.messages} messages or ${this.#bounds.bytes} bytes wait`, cause)
      if (hasNoQuota) throw storageFull('the browser gives this origin no more space', cause)
      throw cause
    }
  }

  /** Records that messages are being sent. Does nothing after `close`. */
  async mark(ids: readonly number[], sending: Sending): Promise<void> {
    if (this.#isClosed) return
    await this.#write<void>((messages, _, done) => {
      done()
      for (const id of ids) {
        const get: IDBRequest<KeptMessage | undefined> = messages.get(id)
        get.onsuccess = () => get.result && messages.put({ ...get.result, sending })
      }
    })
  }

  /** Removes a message. Does nothing after `close`. */
  async remove(id: number): Promise<void> {
    if (this.#isClosed) return
    await this.#write<void>((messages, totals, done) => {
      done()
      const get: IDBRequest<KeptMessage | undefined> = messages.get(id)
      get.onsuccess = () => {
        if (!get.result) return
        messages.delete(id)
        this.#count(totals, -1, -get.result.bytes)
      }
    })
  }

  /** Removes the messages with a key, or all. Resolves with them. */
  discard(key: string | undefined): Promise<readonly DiscardedMessage[]> {
    return this.#write((messages, totals, done) => {
      const get: IDBRequest<KeptMessage[]> = messages.getAll()
      get.onsuccess = () => {
        const gone = get.result.filter(({ content }) => key === undefined || content.key === key)
        for (const { id } of gone) messages.delete(id)
        const bytes = gone.reduce((sum, message) => sum + message.bytes, 0)
        this.#count(totals, -gone.length, -bytes)
        done(gone.map(({ id, owner }) => ({ id, owner })))
      }
    })
  }

  /** Resolves with the messages of all clients, in order. */
  all(): Promise<readonly KeptMessage[]> {
    return this.#run('readonly', (messages, _, done) => {
      const get: IDBRequest<KeptMessage[]> = messages.getAll()
      get.onsuccess = () => done(get.result)
    })
  }

  /** Resolves with the clients that have messages. */
  owners(): Promise<string[]> {
    return this.#run('readonly', (messages, _, done) => {
      const owners: string[] = []
      done(owners)
      const request = messages.index('owner').openKeyCursor(null, 'nextunique')
      request.onsuccess = () => {
        const cursor = request.result
        if (!cursor) return
        owners.push(String(cursor.key))
        cursor.continue()
      }
    })
  }

  /** Assigns the messages of one client to another. Resolves with them, in order. */
  take(from: string, to: string): Promise<KeptMessage[]> {
    return this.#write((messages, _, done) => {
      const get: IDBRequest<KeptMessage[]> = messages.index('owner').getAll(from)
      get.onsuccess = () => {
        const taken = get.result.map((message) => ({ ...message, owner: to }))
        for (const message of taken) messages.put(message)
        done(taken)
      }
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Closes the database after the current transactions. */
  close(): void {
    this.#isClosed = true
    this.#database.close()
  }

  #count(totals: IDBObjectStore, count: number, bytes: number, then?: (now: Totals) => void): void {
    const get: IDBRequest<Totals | undefined> = totals.get(0)
    get.onsuccess = () => {
      const before = get.result ?? { count: 0, bytes: 0 }
      const now = { count: before.count + count, bytes: before.bytes + bytes }
      totals.put(now, 0)
      then?.(now)
    }
  }

  async #write<Result>(work: Work<Result>): Promise<Result> {
    const result = await this.#run('readwrite', work)
    this.#changed()
    return result
  }

  /** Resolves with the argument of `done` when the transaction has completed. */
  #run<Result>(mode: IDBTransactionMode, work: Work<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(['messages', 'totals'], mode)
      let finish = (): void => reject(new WildcastError('internal', 'a transaction without a result'))
      transaction.oncomplete = () => finish()
      transaction.onabort = () =>
        reject(transaction.error ?? new WildcastError('internal', 'the transaction was aborted'))
      try {
        work(transaction.objectStore('messages'), transaction.objectStore('totals'), (result) => {
          finish = () => resolve(result)
        })
      } catch (cause) {
        reject(cause)
        transaction.abort()
      }
    })
  }
}

function storageFull(why: string, cause: unknown): WildcastError {
  return new WildcastError('storage_full', `the outbox is full, ${why}: publish again when some were sent`, { cause })
}
