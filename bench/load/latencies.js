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

  /** The duration that this share of all does not exceed, in microseconds. @param {number[]} shares */
  quantiles(...shares) {
    const sorted = this.#values.slice(0, this.#count).sort()
    return shares.map((share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))])
  }
}
