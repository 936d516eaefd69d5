/** Collects durations. */
export class Latencies {
  #values = new Float64Array(1 << 16)
  #count = 0

  add(durationUs) {
    if (this.#count === this.#values.length) {
      const wider = new Float64Array(this.#count * 2)
      wider.set(this.#values)
      this.#values = wider
    }
    this.#values[this.#count++] = durationUs
  }

  clear() {
    this.#count = 0
  }

  /** The median and the 99th percentile. */
  summary() {
    const sorted = this.#values.slice(0, this.#count).sort()
    const quantile = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
    return { p50Us: quantile(0.5), p99Us: quantile(0.99) }
  }
}
