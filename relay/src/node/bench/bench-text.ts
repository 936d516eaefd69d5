import { bar, columns } from '../screen/bars.js'
import { shortBytes, shortNumber, shortTime } from '../screen/figures.js'
import type { Paint } from '../screen/paint.js'
import type { BenchResult } from './bench-result.js'

const percentiles = { p50: 0.5, p95: 0.95, p99: 0.99 } as const

/** The result as one JSON object. */
export function benchJson(result: BenchResult): object {
  const { plan, latencies, seconds, lateSeconds, limit, perSecond, machineBusy, threads, ...counts } = result
  const { token: _, prefix: __, ...shown } = plan
  return {
    plan: shown,
    seconds: rounded(seconds),
    late_seconds: rounded(lateSeconds),
    threads,
    ...counts,
    messages_per_second: {
      published: rounded(counts.published / seconds),
      delivered: rounded(counts.delivered / seconds),
    },
    bytes_per_second: {
      published: rounded((counts.published * plan.size) / seconds),
      delivered: rounded((counts.delivered * plan.size) / seconds),
    },
    latency_ms: {
      ...Object.fromEntries(
        Object.entries(percentiles).map(([name, share]) => [name, rounded(latencies.quantileMs(share))]),
      ),
      max: rounded(latencies.maxMs),
    },
    delivered_each_second: perSecond,
    machine_busy: rounded(machineBusy),
    limit: limit ?? null,
  }
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000

/** The result for a person, with a chart. */
export function benchText(result: BenchResult, { strong, weak, warning, bad, good }: Paint, width: number): string {
  const { plan, seconds, latencies, lost, errors, limit } = result
  const { duplicates, unknown, unanswered, withheld } = result
  const rate = (count: number): string =>
    `${shortNumber(count / seconds)}/s, ${shortBytes((count * plan.size) / seconds)}/s`
  const row = (name: string, text: string): string => `${name.padEnd(12)}${text}`
  const quantiles = Object.entries(percentiles).map(
    ([name, share]) => `${name} ${shortTime(latencies.quantileMs(share))}`,
  )
  const codes = Object.entries(errors).map(([code, count]) => `${code} ${count}`)
  const optional = (name: string, count: number, about: string): string[] =>
    count === 0 ? [] : [row(name, warning(`${count} ${about}`))]
  return [
    row('published', `${result.published} (${rate(result.published)})`),
    row('confirmed', `${result.confirmed}`),
    row('delivered', `${result.delivered} (${rate(result.delivered)})`),
    row('lost', lost === 0 ? good('0') : bad(`${lost}`)),
    row('errors', codes.length === 0 ? good('none') : bad(codes.join(', '))),
    ...optional('duplicates', duplicates, 'messages came again, and are not counted above'),
    ...optional('unknown', unknown, 'publishes were interrupted'),
    ...optional('unanswered', unanswered, 'publishes have no answer yet'),
    ...optional('withheld', withheld, 'messages were not sent, since too many were not confirmed'),
    row('latency', strong([...quantiles, `max ${shortTime(latencies.maxMs)}`].join('  '))),
    '',
    ...latencyChart(result, width),
    '',
    `${weak('deliveries each second')} ${columns(result.perSecond.slice(-Math.max(1, width - 23)))}`,
    ...(limit ? ['', warning(limit.message)] : []),
    '',
  ].join('\n')
}

/** The latencies as bars, between the ends of ranges that double. */
function latencyChart({ latencies }: BenchResult, width: number): string[] {
  if (latencies.count === 0) return ['no message was delivered']
  const ends = Array.from({ length: 36 }, (_, i) => 2 ** (i - 4)) // from 1/16 ms
  const rows = ends.map((end, i) => ({ end, share: latencies.between(ends[i - 1] ?? 0, end) / latencies.count }))
  const used = rows.slice(
    rows.findIndex(({ share }) => share > 0),
    rows.findLastIndex(({ share }) => share > 0) + 1,
  )
  const most = Math.max(...used.map(({ share }) => share))
  const room = Math.max(10, Math.min(60, width - 24))
  return used.map(({ end, share }) => {
    const percent = `${(share * 100).toFixed(1).padStart(5)} %`
    return `${`< ${shortTime(end)}`.padStart(10)} ${bar(share / most, room).padEnd(room)} ${percent}`
  })
}
