import { Timeline } from './timeline.js'

/** A rate follows its counter with this time constant, in milliseconds. */
const smoothMs = 1500

/** Several counters, as rates per second over the last minute. */
export class Meters {
  readonly timeline: Timeline
  readonly #counts: number[]
  readonly #rates: number[]
  /** Series that nothing was added to have no line. */
  readonly #used = new Set<number>()
  #last = 0

  constructor(series: number) {
    this.timeline = new Timeline(series)
    this.#counts = new Array<number>(series).fill(0)
    this.#rates = new Array<number>(series).fill(0)
  }

  add(series: number, count = 1): void {
    this.#used.add(series)
    this.#counts[series] = (this.#counts[series] ?? 0) + count
  }

  rate(series: number): number {
    return this.#rates[series] ?? 0
  }

  /** Computes the rates since the last call, and writes them into the newest slot. */
  tick(now: number): void {
    this.timeline.moveTo(now)
    const ms = now - this.#last
    this.#last = now
    if (ms <= 0) return
    const weight = 1 - Math.exp(-ms / smoothMs)
    for (const series of this.#used) {
      const count = this.#counts[series] ?? 0
      const rate = this.rate(series) + ((count * 1000) / ms - this.rate(series)) * weight
      this.#counts[series] = 0
      this.#rates[series] = rate < 0.01 ? 0 : rate
      this.timeline.set(series, this.rate(series))
    }
  }
}
