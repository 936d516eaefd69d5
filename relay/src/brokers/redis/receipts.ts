import type { Redis } from 'ioredis'
import type { GroupKeys } from './keys.js'

/** The messages of a group that somebody has taken, until Redis knows of it. */
export class Receipts {
  readonly #group: string
  readonly #stream: string
  #untold: Set<string> = new Set()
  readonly #underWay: Set<string> = new Set()

  constructor(group: string, { stream }: GroupKeys) {
    this.#group = group
    this.#stream = stream
  }

  /** How many Redis is still to be told of. */
  get size(): number {
    return this.#untold.size
  }

  has(id: string): boolean {
    return this.#untold.has(id) || this.#underWay.has(id)
  }

  add(id: string): void {
    this.#untold.add(id)
  }

  /** @throws what a command failed with: then they are told of next time */
  async tell(redis: Redis): Promise<void> {
    const ids = [...this.#untold]
    if (ids.length === 0) return
    this.#untold = new Set()
    for (const id of ids) this.#underWay.add(id)
    try {
      // First out of the stream, then out of what is held: what breaks between leaves nothing
      // behind.
      await Promise.all([redis.xdel(this.#stream, ...ids), redis.xack(this.#stream, this.#group, ...ids)])
    } catch (cause) {
      this.#untold = new Set([...ids, ...this.#untold])
      throw cause
    } finally {
      for (const id of ids) this.#underWay.delete(id)
    }
  }
}
