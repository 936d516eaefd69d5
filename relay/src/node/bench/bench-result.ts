import { LatencyHistogram } from './latency-histogram.js'
import type { LoadFigures } from './load-messages.js'
import type { LoadPlan } from './load-plan.js'

/** How a bench ran. */
export interface BenchRun {
  /** For how long it published. */
  readonly seconds: number
  /** How long the last messages took after that. */
  readonly lateSeconds: number
  /** The deliveries of each second. */
  readonly perSecond: readonly number[]
  readonly threads: number
  /** The share of the time in which the processors of this machine were busy. */
  readonly machineBusy: number
}

/** The figures of a bench. */
export interface BenchResult extends BenchRun {
  readonly plan: LoadPlan
  readonly published: number
  readonly confirmed: number
  readonly unknown: number
  readonly unanswered: number
  readonly withheld: number
  /** Each message counts once for each subscriber. */
  readonly delivered: number
  /** Messages that a subscriber had received before. */
  readonly duplicates: number
  /** Confirmed messages that did not reach a subscriber, once for each. */
  readonly lost: number
  readonly errors: Readonly<Record<string, number>>
  readonly latencies: LatencyHistogram
  /** The limit, if the figures are not those of the relay under this load. */
  readonly limit: BenchLimit | undefined
}

/** The limit of a bench, with the remedy. */
export interface BenchLimit {
  readonly by: 'bench' | 'machine' | 'relay'
  readonly message: string
}

/** Busier threads send and read late. */
const busyThread = 0.9
const lateLimitMs = 100
const lateSecondsLimit = 1
const busyMachine = 0.95
/** The share of the wanted rate that counts as reached. */
const reached = 0.95

/** Adds the figures of all threads. */
export function benchResult(plan: LoadPlan, figures: readonly LoadFigures[], run: BenchRun): BenchResult {
  const latencies = new LatencyHistogram()
  const errors: Record<string, number> = {}
  for (const one of figures) {
    latencies.addData(one.latencies)
    for (const [code, count] of Object.entries(one.errors)) errors[code] = (errors[code] ?? 0) + count
  }
  const sum = (
    key: 'published' | 'confirmed' | 'unknown' | 'pending' | 'withheld' | 'received' | 'duplicates',
  ): number => figures.reduce((total, one) => total + one[key], 0)
  const [confirmed, delivered] = [sum('confirmed'), sum('received')]
  return {
    ...run,
    plan,
    published: sum('published'),
    confirmed,
    unknown: sum('unknown'),
    unanswered: sum('pending'),
    withheld: sum('withheld'),
    delivered,
    duplicates: sum('duplicates'),
    lost: Math.max(0, confirmed * plan.subscribers - delivered),
    errors,
    latencies,
    limit: limitOf(plan, figures, { ...run, confirmed }),
  }
}

function limitOf(
  { rate }: LoadPlan,
  figures: readonly LoadFigures[],
  { seconds, lateSeconds, threads, machineBusy, confirmed }: BenchRun & { readonly confirmed: number },
): BenchLimit | undefined {
  const busy = Math.max(0, ...figures.map((one) => one.busy))
  const lateMs = Math.max(0, ...figures.map((one) => one.lateMs))
  const percent = (share: number): string => `${Math.round(share * 100)} %`
  if (machineBusy >= busyMachine && (busy >= busyThread || lateMs >= lateLimitMs))
    return {
      by: 'machine',
      message:
        `the processors of this machine were ${percent(machineBusy)} busy: ` +
        'these are the limits of the machine, not of the relay; lower the rate, or run the bench on another machine',
    }
  if (busy >= busyThread || lateMs >= lateLimitMs)
    return {
      by: 'bench',
      message:
        `the bench itself is the limit: a thread was ${percent(busy)} busy, and sent up to ` +
        `${Math.round(lateMs)} ms late; ` +
        `use --threads ${threads + 1} or more, or several machines`,
    }
  const perSecond = confirmed / (seconds + (lateSeconds > lateSecondsLimit ? lateSeconds : 0))
  if (perSecond >= rate * reached) return undefined
  const got = `${Math.round(perSecond)} of ${rate} messages a second were confirmed`
  return { by: 'relay', message: `${got}: the relay, one of its limits, or its broker is the limit` }
}
