import type { Undo } from '../time/clock.js'

/**
 * Which clients live. Each holds a Web Lock with its name, which the browser releases when the page
 * ends, however it ends.
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

  /** Lives as this owner until the undo is called. Resolves when others can see it. */
  hold(owner: string): Promise<Undo> {
    return new Promise((resolve, reject) => {
      const hold = (): Promise<void> => new Promise((release) => resolve(() => release()))
      this.#locks.request(this.#prefix + owner, hold).catch(reject)
    })
  }

  /** Runs something now if an owner has ended. Resolves with whether it has. */
  ifEnded(owner: string, run: () => Promise<void>): Promise<boolean> {
    return this.#locks.request(this.#prefix + owner, { ifAvailable: true }, async (lock) => {
      if (lock) await run()
      return lock !== null
    })
  }

  /** Runs something when an owner has ended; of several watchers, one after the other. */
  watch(owner: string, run: () => Promise<void>): void {
    if (this.#watched.has(owner)) return
    this.#watched.add(owner)
    this.#locks
      .request(this.#prefix + owner, { signal: this.#end.signal }, run)
      .catch(() => {}) // closed; `run` does not reject
      .finally(() => this.#watched.delete(owner))
  }

  /** Watches no longer. */
  close(): void {
    this.#end.abort()
  }
}
