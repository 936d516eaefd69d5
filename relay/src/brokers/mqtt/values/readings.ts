import type { Pattern, Subject } from '@wildcast/protocol'
import type { Clock } from '../../../core/clock.js'
import type { StoredValue, ValuePage, ValuePageRequest } from '../../../core/store.js'
import { sizeInMemory, valuesTooLarge } from '../../../core/value-size.js'

export interface ReadingsPorts {
  /** Calls `take` with each value of a pattern; with the later one if a subject comes twice. */
  read(pattern: Pattern, take: (value: StoredValue) => void): Promise<void>
  readonly clock: Clock
  /** The most bytes of values that are held at a time. */
  readonly limit: number
}

/** How long the rest of a reading waits for its reader. After that, the pattern is read again. */
const idleMs = 10_000

/** All values of a pattern, in the order of their subjects. */
class Reading {
  readonly values: readonly StoredValue[]
  readonly bytes: number
  stop: () => void = () => {}

  constructor(values: readonly StoredValue[], bytes: number) {
    this.values = values
    this.bytes = bytes
  }
}

/**
 * Divides the values of a pattern into pages. The server sends them all at once, so those that a
 * reader has not asked for yet are held, within a limit. A displaced reading is made again.
 */
export class Readings {
  readonly #ports: ReadingsPorts
  /** By pattern, the one that was used last at the end. */
  readonly #held: Map<Pattern, Reading> = new Map()
  #bytes = 0

  constructor(ports: ReadingsPorts) {
    this.#ports = ports
  }

  /** @throws {WildcastError} `too_large` if the values exceed the limit */
  async page(pattern: Pattern, { after, values: most, bytes }: ValuePageRequest): Promise<ValuePage> {
    // The first page has all that was acknowledged before.
    const held = after === undefined ? undefined : this.#held.get(pattern)
    const reading = held ?? (await this.#read(pattern))
    const { values } = reading
    const from = after === undefined ? 0 : indexAfter(values, after)
    let to = from
    for (let used = 0; to < values.length && to - from < most && used < bytes; to++)
      used += values[to]?.payload.length ?? 0
    this.#release(pattern)
    if (to < values.length) this.#hold(pattern, reading)
    return { values: values.slice(from, to), next: to < values.length ? values[to - 1]?.subject : undefined }
  }

  close(): void {
    for (const pattern of [...this.#held.keys()]) this.#release(pattern)
  }

  async #read(pattern: Pattern): Promise<Reading> {
    const found = new Map<Subject, StoredValue>()
    let bytes = 0
    let isTooLarge = false
    try {
      await this.#ports.read(pattern, (value) => {
        const before = found.get(value.subject)
        const more = sizeInMemory(value) - (before ? sizeInMemory(before) : 0)
        isTooLarge ||= !this.#makeRoom(more)
        if (isTooLarge) return
        found.set(value.subject, value)
        bytes += more
        this.#bytes += more
      })
    } finally {
      this.#bytes -= bytes
    }
    if (isTooLarge) throw valuesTooLarge(this.#ports.limit)
    const values = [...found.values()].sort((a, b) => (a.subject < b.subject ? -1 : 1))
    return new Reading(values, bytes)
  }

  /** Displaces readings until there is room. Returns false without room. */
  #makeRoom(bytes: number): boolean {
    for (const pattern of this.#held.keys()) {
      if (this.#bytes + bytes <= this.#ports.limit) break
      this.#release(pattern)
    }
    return this.#bytes + bytes <= this.#ports.limit
  }

  #hold(pattern: Pattern, reading: Reading): void {
    if (!this.#makeRoom(reading.bytes)) return
    this.#held.set(pattern, reading)
    this.#bytes += reading.bytes
    reading.stop = this.#ports.clock.after(idleMs, () => this.#release(pattern))
  }

  #release(pattern: Pattern): void {
    const reading = this.#held.get(pattern)
    if (!reading) return
    reading.stop()
    this.#held.delete(pattern)
    this.#bytes -= reading.bytes
  }
}

/** Returns the index of the first value behind a subject. */
function indexAfter(values: readonly StoredValue[], after: Subject): number {
  let [low, high] = [0, values.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle]?.subject ?? '') <= after) low = middle + 1
    else high = middle
  }
  return low
}
