import { expect, it } from 'vitest'
import { quantileMs, ratesOf } from './load-of-relay.js'
import { samplesOf } from './metrics-text.js'
import { readingOf } from './relay-reading.js'
import { topLines } from './top-text.js'

const text = (published: number, cpu: number): string => `# HELP wildcast_published_total Messages
wildcast_published_total{broker="main"} ${published}
wildcast_broker_up{broker="main"} 1
wildcast_refused_total{action="publish",code="forbidden"} ${published}
wildcast_connections{state="open"} 3
wildcast_publish_seconds_bucket{le="0.001",broker="main"} ${published / 2}
wildcast_publish_seconds_bucket{le="0.01",broker="main"} ${published}
wildcast_publish_seconds_bucket{le="+Inf",broker="main"} ${published}
nodejs_eventloop_lag_p99_seconds 0.25
process_cpu_seconds_total ${cpu}
`

it('reads labels with escapes, and leaves other lines out', () => {
  const escaped = String.raw`a{x="1\"2\\3\n4",y=""} +Inf 1700000000`
  expect(samplesOf(`# TYPE a gauge\n${escaped}\nb 2\n\nnot a metric at all\n`)).toEqual([
    { name: 'a', labels: { x: '1"2\\3\n4', y: '' }, value: Number.POSITIVE_INFINITY },
    { name: 'b', labels: {}, value: 2 },
  ])
})

it('has rates and publish times of the interval alone', () => {
  const rates = ratesOf(readingOf(text(100, 1), 3, 0), readingOf(text(120, 2), 3, 2000))
  expect(rates).toMatchObject({ refusals: 10, refusalsByCode: { forbidden: 10 }, cpu: 0.5, lagMs: 250, sessions: 3 })
  expect(rates.brokers).toMatchObject([{ name: 'main', isUp: true, published: 10, p50Ms: 1 }])
})

it('counts from 0 after a restart of the relay', () => {
  const rates = ratesOf(readingOf(text(100, 9), 3, 0), readingOf(text(30, 1), 3, 1000))
  expect(rates.brokers).toMatchObject([{ published: 30 }])
})

it('estimates quantiles within a bucket, and has none of nothing', () => {
  const buckets = [
    [0.001, 0],
    [0.002, 10],
    [Number.POSITIVE_INFINITY, 20],
  ] as const
  expect([quantileMs(buckets, 0.25), quantileMs(buckets, 0.99), quantileMs([[1, 0]], 0.5)]).toEqual([1.5, 2, undefined])
})

it('marks what an operator should look at', () => {
  const rates = ratesOf(readingOf(text(0, 1), 3, 0), readingOf(text(10, 1), 3, 1000))
  const lines = topLines([
    { address: 'a:1', rates },
    { address: 'b:1', rates: undefined, error: "can't reach b:1" },
  ])
  expect(lines.filter(({ as }) => as === 'warning').map(({ text }) => text)).toEqual([
    'cpu 0 %   memory 0 B   event loop p99 250 ms',
    'refused 10/s (forbidden 10)   slow readers cut off 0',
  ])
  expect(lines.at(-1)).toEqual({ text: "b:1  can't reach b:1", as: 'bad' })
})
