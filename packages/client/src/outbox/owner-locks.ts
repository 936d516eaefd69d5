import type { Undo } from '../time/clock.js'

/**
 * Shows which clients live. Each holds a Web Lock with its name, which the browser releases when
 * the page ends, also after a crash.
 */
export class OwnerLocks {
  readonly #locks: LockManager
  readonly #prefix: string
  readonly #end = new AbortController()
  readonly #watched = new Set<string>()

  constructor(locks: LockManager, prefix: string) {
    this.#locks = locks
    this.#prefix = prefix
  }

  /** Holds the lock of an owner until the undo is called. Resolves when the lock is held. */
  hold(owner: string): Promise<Undo> {
    return new Promise((resolve, reject) => {
      const hold = (): Promise<void> => new Promise((release) => resolve(() => release()))
      this.#locks.request(this.#prefix + owner, hold).catch(reject)
    })
  }

  /** Calls `run` now if an owner has ended. Resolves with whether it has. */
  ifEnded(owner: string, run: () => Promise<void>): Promise<boolean> {
    return this.#locks.request(this.#prefix + owner, { ifAvailable: true }, async (lock) => {
      if (lock) await run()
      return lock !== null
    })
  }

  /** Calls `run` when an owner has ended. Several watchers run one after the other. */
  watch(owner: string, run: () => Promise<void>): void {
    if (this.#watched.has(owner)) return
    this.#watched.add(owner)
    this.#locks
      .request(this.#prefix + owner, { signal: this.#end.signal }, run)
      .catch(() => {}) // closed; `run` does not reject
      .finally(() => this.#watched.delete(owner))
  }

  /** Stops all watches. */
  close(): void {
    this.#end.abort()
  }
}
