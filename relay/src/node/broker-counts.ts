/** A metric with the label `broker`. */
interface BrokerMetric {
  reset(): void
  inc(labels: { readonly broker: string }, by: number): void
}

/** A number for each broker. The counters of a registry are too slow for each message. */
export class BrokerCounts {
  readonly #counts: Map<string, number> = new Map()

  get isEmpty(): boolean {
    return this.#counts.size === 0
  }

  add(broker: string, by: number): void {
    this.#counts.set(broker, (this.#counts.get(broker) ?? 0) + by)
  }

  /** Writes the numbers into a metric, when it is read. */
  writeTo(metric: BrokerMetric): void {
    metric.reset()
    for (const [broker, count] of this.#counts) metric.inc({ broker }, count)
  }
}
