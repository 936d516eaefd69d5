import { Timeline } from './timeline.js'

/** A value that is older than this leaves a hole in its line, in milliseconds. */
const staleMs = 2500

/** Several values that change now and then, over the last minute. */
export class Gauges {
  readonly timeline: Timeline
  readonly #values: number[]
  readonly #times: number[]

  constructor(series: number) {
    this.timeline = new Timeline(series)
    this.#values = new Array<number>(series).fill(0)
    this.#times = new Array<number>(series).fill(Number.NEGATIVE_INFINITY)
  }

  set(series: number, value: number, now: number): void {
    this.#values[series] = value
    this.#times[series] = now
  }

  /** Writes the present values into the newest slot. */
  tick(now: number): void {
    this.timeline.moveTo(now)
    for (const [series, value] of this.#values.entries())
      if (now - (this.#times[series] ?? 0) < staleMs) this.timeline.set(series, value)
  }
}
