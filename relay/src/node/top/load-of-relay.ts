import type { BrokerReading, RelayReading } from './relay-reading.js'

/** The load of a relay, from two readings. Rates are per second. */
export interface LoadOfRelay {
  readonly sessions: number
  readonly connections: Readonly<Record<string, number>>
  /** Readers that were cut off since the relay began. */
  readonly cutOff: number
  readonly refusals: number
  /** Only those that grew. */
  readonly refusalsByCode: Readonly<Record<string, number>>
  readonly lagMs: number
  readonly memoryBytes: number
  /** The share of one core, over all processes of the relay. */
  readonly cpu: number
  readonly brokers: readonly BrokerRates[]
}

/** The load of a relay at a broker. */
export interface BrokerRates extends Pick<BrokerReading, 'isUp' | 'subscriptions'> {
  readonly name: string
  readonly published: number
  readonly delivered: number
  readonly failed: number
  readonly missed: number
  /** How long publishes took. Undefined if none was timed between the readings. */
  readonly p50Ms: number | undefined
  readonly p99Ms: number | undefined
}

/** Compares two readings. If the relay was started between them, its counters count from 0. */
export function ratesOf(before: RelayReading, now: RelayReading): LoadOfRelay {
  const isNew = now.cpuSeconds < before.cpuSeconds
  const seconds = Math.max((now.atMs - before.atMs) / 1000, 0.001)
  const rate = (count: number, earlier = 0): number => Math.max(0, count - (isNew ? 0 : earlier)) / seconds
  const refusals = Object.entries(now.refused).map(
    ([code, count]) => [code, rate(count, before.refused[code])] as const,
  )
  return {
    sessions: now.sessions,
    connections: now.connections,
    cutOff: now.cutOff,
    refusals: refusals.reduce((sum, [, one]) => sum + one, 0),
    refusalsByCode: Object.fromEntries(refusals.filter(([, one]) => one > 0)),
    lagMs: now.lagMs,
    memoryBytes: now.memoryBytes,
    cpu: rate(now.cpuSeconds, before.cpuSeconds),
    brokers: [...now.brokers].map(([name, broker]) => {
      const earlier = before.brokers.get(name)
      const timed = broker.timed.map(
        ([end, count], i) => [end, Math.max(0, count - (isNew ? 0 : (earlier?.timed[i]?.[1] ?? 0)))] as const,
      )
      return {
        name,
        isUp: broker.isUp,
        subscriptions: broker.subscriptions,
        published: rate(broker.published, earlier?.published),
        delivered: rate(broker.delivered, earlier?.delivered),
        failed: rate(broker.failed, earlier?.failed),
        missed: rate(broker.missed, earlier?.missed),
        p50Ms: quantileMs(timed, 0.5),
        p99Ms: quantileMs(timed, 0.99),
      }
    }),
  }
}

/** A quantile of a histogram, as Prometheus estimates it: evenly spread within a bucket. */
export function quantileMs(buckets: BrokerReading['timed'], share: number): number | undefined {
  const wanted = share * (buckets.at(-1)?.[1] ?? 0)
  if (wanted === 0) return undefined
  let [from, below] = [0, 0]
  for (const [end, count] of buckets) {
    if (count >= wanted)
      return 1000 * (Number.isFinite(end) ? from + ((end - from) * (wanted - below)) / (count - below) : from)
    from = end
    below = count
  }
  return undefined
}
