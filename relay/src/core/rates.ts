/** Less than this is an error of rounding. */
const roundingMs = 0.001

/**
 * A token bucket: admits an amount per second on average, and as much at once after a second of
 * rest. It has no timer.
 */
export class Bucket {
  readonly #perMs: number
  /** The most that is saved. */
  readonly #most: number
  #level: number
  #atMs: number

  constructor(perSecond: number, nowMs: number) {
    this.#perMs = perSecond / 1000
    this.#most = perSecond
    this.#level = perSecond
    this.#atMs = nowMs
  }

  /**
   * Returns after how many whole milliseconds it admits a cost; 0: now. A cost above the whole
   * bucket needs a full one, and is paid off later.
   */
  waitMs(cost: number, nowMs: number): number {
    this.#fill(nowMs)
    const missing = Math.min(cost, this.#most) - this.#level
    return missing <= 0 ? 0 : Math.max(0, Math.ceil(missing / this.#perMs - roundingMs))
  }

  /** Takes a cost, which it may still owe afterwards. */
  take(cost: number): void {
    this.#level -= cost
  }

  /** Whether it is like a new one. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs)
    return this.#level === this.#most
  }

  #fill(nowMs: number): void {
    const level = this.#level + (nowMs - this.#atMs) * this.#perMs
    this.#level = Math.min(level, this.#most)
    this.#atMs = nowMs
  }
}

/** The number of events in a second, and their bytes. */
export interface PerSecond {
  /** Messages, or other events. @default no limit */
  readonly count: number | undefined
  /** @default no limit */
  readonly bytes?: number | undefined
}

/** Limits a rate of messages and of their bytes. */
export class Rate {
  readonly #count: Bucket | undefined
  readonly #bytes: Bucket | undefined

  constructor({ count, bytes }: PerSecond, nowMs: number) {
    this.#count = count === undefined ? undefined : new Bucket(count, nowMs)
    this.#bytes = bytes === undefined ? undefined : new Bucket(bytes, nowMs)
  }

  /** Returns after how many milliseconds it admits one more; 0: now. */
  waitMs(bytes: number, nowMs: number): number {
    return Math.max(this.#count?.waitMs(1, nowMs) ?? 0, this.#bytes?.waitMs(bytes, nowMs) ?? 0)
  }

  take(bytes: number): void {
    this.#count?.take(1)
    this.#bytes?.take(bytes)
  }

  /** Whether it is like a new one. */
  isFull(nowMs: number): boolean {
    return (this.#count?.isFull(nowMs) ?? true) && (this.#bytes?.isFull(nowMs) ?? true)
  }
}

/** With fewer rates, nothing is gained by forgetting some. */
const leastSwept = 1024

/**
 * The rates of users or addresses. One that is like a new one is forgotten, so that memory is bound
 * by those that are active.
 */
export class KeyedRates {
  readonly #perSecond: PerSecond
  readonly #rates: Map<string, Rate> = new Map()
  /** The number of rates at which some are forgotten. */
  #sweepAt = leastSwept

  constructor(perSecond: PerSecond) {
    this.#perSecond = perSecond
  }

  get size(): number {
    return this.#rates.size
  }

  /** Returns the rate of a key. It must not be kept, since it may be forgotten. */
  of(key: string, nowMs: number): Rate {
    const known = this.#rates.get(key)
    if (known) return known
    if (this.#rates.size >= this.#sweepAt) this.#sweep(nowMs)
    const rate = new Rate(this.#perSecond, nowMs)
    this.#rates.set(key, rate)
    return rate
  }

  /** Takes time for each key, but only once for as many new ones. */
  #sweep(nowMs: number): void {
    for (const [key, rate] of this.#rates) if (rate.isFull(nowMs)) this.#rates.delete(key)
    this.#sweepAt = Math.max(leastSwept, 2 * this.#rates.size)
  }
}
