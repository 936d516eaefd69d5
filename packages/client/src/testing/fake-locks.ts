interface Holder {
  readonly tab: object
  readonly name: string
  reject(cause: unknown): void
}
interface Waiter {
  readonly tab: object
  readonly name: string
  grant(): void
}

const aborted = (): DOMException => new DOMException('aborted', 'AbortError')

/** The Web Locks of several tabs. */
export class FakeLocks {
  readonly #held = new Map<string, Holder>()
  #queue: Waiter[] = []
  readonly #ended = new Set<object>()

  /** Returns the lock manager of a tab. */
  of(tab: object): LockManager {
    const request = (name: string, ...rest: unknown[]): Promise<unknown> => {
      const options = (rest.length > 1 ? rest[0] : {}) as LockOptions
      const run = rest.at(-1) as (lock: Lock | null) => unknown
      return this.#request(tab, name, options, run)
    }
    return { request: request as LockManager['request'], query: async () => ({ held: [], pending: [] }) }
  }

  /** Releases the locks of a tab that has ended. */
  end(tab: object): void {
    this.#ended.add(tab)
    this.#queue = this.#queue.filter((waiter) => waiter.tab !== tab)
    for (const [name, holder] of this.#held) if (holder.tab === tab) this.#release(name, holder)
  }

  async #request(
    tab: object,
    name: string,
    { ifAvailable, steal, signal }: LockOptions,
    run: (lock: Lock | null) => unknown,
  ): Promise<unknown> {
    await undefined
    if (this.#ended.has(tab)) return new Promise(() => {}) // the tab has ended
    if (signal?.aborted) throw aborted()
    const holder = this.#held.get(name)
    if (ifAvailable && holder) return run(null)
    if (steal && holder) {
      this.#held.delete(name)
      holder.reject(aborted())
    }
    if (this.#held.has(name))
      await new Promise<void>((grant, refuse) => {
        const waiter = { tab, name, grant }
        this.#queue.push(waiter)
        signal?.addEventListener('abort', () => {
          this.#queue = this.#queue.filter((other) => other !== waiter)
          refuse(aborted())
        })
      })
    return this.#hold(tab, name, run)
  }

  #hold(tab: object, name: string, run: (lock: Lock | null) => unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const holder: Holder = { tab, name, reject }
      this.#held.set(name, holder)
      Promise.resolve(run({ name, mode: 'exclusive' }))
        .then(resolve, reject)
        .finally(() => this.#release(name, holder))
    })
  }

  #release(name: string, holder: Holder): void {
    if (this.#held.get(name) !== holder) return
    this.#held.delete(name)
    const next = this.#queue.findIndex((waiter) => waiter.name === name)
    if (next >= 0) this.#queue.splice(next, 1)[0]?.grant()
  }
}
