import { keyMs, type PublishKey, usedKey } from '../../core/publish-key.js'
import type { Written } from '../../core/store.js'
import type { Database, Statement } from './database.js'
import type { Outcome } from './file-write.js'
import { failedOutcome } from './writer-messages.js'

/** The keys of writes that were done, with their outcomes. Relays limit their number. */
export class KeyTable {
  readonly #get: Statement
  readonly #put: Statement
  readonly #old: Statement
  readonly #forget: Statement

  constructor(database: Database) {
    this.#get = database.prepare('SELECT fingerprint, revision FROM keys WHERE name = ? AND done_at > ?').raw()
    this.#put = database.prepare(
      'INSERT OR REPLACE INTO keys (name, fingerprint, revision, done_at) VALUES (?, ?, ?, ?)',
    )
    this.#old = database.prepare('SELECT 1 FROM keys WHERE done_at <= ? LIMIT 1')
    this.#forget = database.prepare('DELETE FROM keys WHERE done_at <= ?')
  }

  /** Returns the outcome of a write that was done with this key, if any. */
  find({ name, fingerprint }: PublishKey, now: number): Outcome | undefined {
    const row = this.#get.get(name, now - keyMs) as readonly [string, string | null] | undefined
    if (!row) return undefined
    const [known, revision] = row
    if (known !== fingerprint) return failedOutcome(usedKey())
    return revision === null ? { kind: 'unchanged' } : { kind: 'written', revision, repeated: true }
  }

  /** Remembers the key of a write that was done. */
  add({ name, fingerprint }: PublishKey, written: Written<string>, now: number): void {
    this.#put.run(name, fingerprint, written.kind === 'written' ? written.revision : null, now)
  }

  /** Whether there are keys past their time. */
  hasOld(now: number): boolean {
    return this.#old.get(now - keyMs) !== undefined
  }

  /** Forgets keys past their time. */
  forget(now: number): void {
    this.#forget.run(now - keyMs)
  }
}
