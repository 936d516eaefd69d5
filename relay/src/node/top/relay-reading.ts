import { type Sample, samplesOf } from './metrics-text.js'

/** The counts of a relay, at one time. */
export interface RelayReading {
  readonly atMs: number
  readonly sessions: number
  readonly connections: Readonly<Record<string, number>>
  readonly cutOff: number
  /** Refused actions, by their code. */
  readonly refused: Readonly<Record<string, number>>
  readonly lagMs: number
  readonly memoryBytes: number
  readonly cpuSeconds: number
  readonly brokers: ReadonlyMap<string, BrokerReading>
}

/** The counts of a relay for a broker. */
export interface BrokerReading {
  readonly isUp: boolean
  readonly subscriptions: number
  readonly published: number
  readonly delivered: number
  readonly failed: number
  readonly missed: number
  /** Timed publishes by the end of their bucket, in seconds; each counts those before it. */
  readonly timed: readonly (readonly [seconds: number, count: number])[]
}

/** Reads `/metrics`, and the number of sessions. */
export function readingOf(text: string, sessions: number, atMs: number): RelayReading {
  const samples = samplesOf(text)
  const sum = (name: string, broker?: string): number =>
    samples
      .filter((one) => one.name === name && (broker === undefined || one.labels.broker === broker))
      .reduce((total, { value }) => total + value, 0)
  const by = (name: string, label: string): Readonly<Record<string, number>> => summed(samples, name, label)
  const names = new Set(samples.flatMap(({ labels }) => (labels.broker === undefined ? [] : [labels.broker])))
  const brokers = [...names].map((name): [string, BrokerReading] => [
    name,
    {
      isUp: sum('wildcast_broker_up', name) === 1,
      subscriptions: sum('wildcast_subscriptions', name),
      published: sum('wildcast_published_total', name),
      delivered: sum('wildcast_delivered_total', name),
      failed: sum('wildcast_publish_failures_total', name),
      missed: sum('wildcast_missed_total', name),
      timed: samples.flatMap(({ name: metric, labels, value }) =>
        metric === 'wildcast_publish_seconds_bucket' && labels.broker === name
          ? [[labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le), value] as const]
          : [],
      ),
    },
  ])
  return {
    atMs,
    sessions,
    connections: by('wildcast_connections', 'state'),
    cutOff: sum('wildcast_slow_consumers_total'),
    refused: by('wildcast_refused_total', 'code'),
    lagMs: sum('nodejs_eventloop_lag_p99_seconds') * 1000,
    memoryBytes: sum('process_resident_memory_bytes'),
    cpuSeconds: sum('process_cpu_seconds_total'),
    brokers: new Map(brokers),
  }
}

function summed(samples: readonly Sample[], name: string, label: string): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {}
  for (const { name: own, labels, value } of samples) {
    const key = labels[label]
    if (own === name && key !== undefined) sums[key] = (sums[key] ?? 0) + value
  }
  return sums
}
