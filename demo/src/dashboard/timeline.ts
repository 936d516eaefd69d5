/** How much time a slot of a timeline covers, in milliseconds. */
export const slotMs = 200

/** A chart shows this many slots: one minute. */
export const slots = 300

/** More skipped slots than this are a hole: the dashboard was closed. */
const mostSkipped = 10

/** The data of a uPlot chart: x in seconds before now, then the values of each series. */
export type Columns = readonly [number[], ...(number | null)[][]]

/** The last minute of several series, in slots of equal length. Its memory never grows. */
export class Timeline {
  readonly columns: Columns
  readonly #series: (number | null)[][]
  #slot = 0
  /** The newest slots, which have no values yet. */
  #fresh = slots

  constructor(series: number) {
    this.#series = Array.from({ length: series }, () => new Array<number | null>(slots).fill(null))
    const seconds = Array.from({ length: slots }, (_, i) => ((i + 1 - slots) * slotMs) / 1000)
    this.columns = [seconds, ...this.#series]
  }

  /** Moves the newest slot to a time in milliseconds. */
  moveTo(now: number): void {
    const slot = Math.floor(now / slotMs)
    const steps = Math.max(0, Math.min(slot - this.#slot, slots))
    this.#slot = slot
    this.#fresh = Math.max(1, steps)
    if (steps === 0) return
    for (const values of this.#series) {
      values.copyWithin(0, steps)
      values.fill(null, slots - steps)
    }
  }

  /** Sets the value of the newest slot, and of those that a busy page has skipped before it. */
  set(series: number, value: number): void {
    this.#series[series]?.fill(value, slots - (this.#fresh > mostSkipped ? 1 : this.#fresh))
  }

  /** The newest value of a series; null if its newest slots are empty. */
  last(series: number): number | null {
    const values = this.#series[series] ?? []
    for (let i = slots - 1; i >= slots - 10; i--) if (values[i] != null) return values[i] ?? null
    return null
  }
}
