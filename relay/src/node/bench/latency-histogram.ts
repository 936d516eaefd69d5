/** Bins for each doubling: a latency is known to 2 %. */
const binsPerDoubling = 32

/** An hour, in microseconds. */
const longestUs = 3.6e9

const binCount = Math.ceil(Math.log2(longestUs) * binsPerDoubling) + 1

/** Latencies in bins of 2 %, in constant memory. Those of several threads can be added. */
export class LatencyHistogram {
  readonly #bins = new Float64Array(binCount)
  #count = 0
  #maxUs = 0

  /** Counts a latency. */
  add(us: number): void {
    const bounded = Math.min(Math.max(us, 1), longestUs)
    const bin = Math.floor(Math.log2(bounded) * binsPerDoubling)
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1
    this.#count++
    this.#maxUs = Math.max(this.#maxUs, us)
  }

  get count(): number {
    return this.#count
  }

  get maxMs(): number {
    return this.#maxUs / 1000
  }

  /** The latency that a share of all does not exceed, in milliseconds: the upper end of its bin. */
  quantileMs(share: number): number {
    let rest = Math.max(1, Math.ceil(share * this.#count))
    for (const [bin, count] of this.#bins.entries()) {
      rest -= count
      if (rest <= 0) return Math.min(2 ** ((bin + 1) / binsPerDoubling) / 1000, this.maxMs)
    }
    return 0
  }

  /** How many latencies there are from `fromMs` up to and without `toMs`, to the bin. */
  between(fromMs: number, toMs: number): number {
    let count = 0
    for (const [bin, inBin] of this.#bins.entries()) {
      const ms = 2 ** (bin / binsPerDoubling) / 1000
      if (ms >= fromMs && ms < toMs) count += inBin
    }
    return count
  }

  /** As plain data for another thread. */
  toData(): LatencyData {
    return { bins: this.#bins.slice(), maxUs: this.#maxUs }
  }

  /** Adds the latencies of another thread. */
  addData({ bins, maxUs }: LatencyData): void {
    for (const [bin, count] of bins.entries()) {
      this.#bins[bin] = (this.#bins[bin] ?? 0) + count
      this.#count += count
    }
    this.#maxUs = Math.max(this.#maxUs, maxUs)
  }
}

/** The latencies of a thread. */
export interface LatencyData {
  readonly bins: Float64Array
  readonly maxUs: number
}
