import type { Redis } from 'ioredis'
import type { GroupKeys } from './keys.js'

/** The entries of a group that are done, until Redis has acknowledged them. */
export class AckQueue {
  readonly #group: string
  readonly #stream: string
  readonly #flushDue: () => void
  #queued: Set<string> = new Set()
  readonly #inFlight: Set<string> = new Set()
  #scheduled = false

  /** @param flushDue called once for all entries that are added in one turn */
  constructor(group: string, { stream }: GroupKeys, flushDue: () => void) {
    this.#group = group
    this.#stream = stream
    this.#flushDue = flushDue
  }

  /** The number of entries that were not sent yet. */
  get size(): number {
    return this.#queued.size
  }

  has(id: string): boolean {
    return this.#queued.has(id) || this.#inFlight.has(id)
  }

  add(id: string): void {
    this.#queued.add(id)
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.#flushDue()
    })
  }

  /** @throws what a command failed with: then the next flush sends them again */
  async flush(redis: Redis): Promise<void> {
    const ids = [...this.#queued]
    if (ids.length === 0) return
    this.#queued = new Set()
    for (const id of ids) this.#inFlight.add(id)
    try {
      // Deletes before it acknowledges: if the connection breaks between the two, no entry stays in
      // the stream for good.
      await Promise.all([redis.xdel(this.#stream, ...ids), redis.xack(this.#stream, this.#group, ...ids)])
    } catch (cause) {
      this.#queued = new Set([...ids, ...this.#queued])
      throw cause
    } finally {
      for (const id of ids) this.#inFlight.delete(id)
    }
  }
}
