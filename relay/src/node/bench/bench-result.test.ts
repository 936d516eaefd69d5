import { expect, it } from 'vitest'
import { paint } from '../screen/paint.js'
import { benchResult } from './bench-result.js'
import { benchText } from './bench-text.js'
import { LatencyHistogram } from './latency-histogram.js'
import type { LoadFigures } from './load-messages.js'
import type { LoadPlan } from './load-plan.js'

const plan: LoadPlan = {
  url: 'ws://localhost',
  codec: 'json',
  prefix: 'bench',
  clients: 4,
  subscribers: 2,
  rate: 200,
  size: 100,
  seconds: 1,
}

const run = { seconds: 1, lateSeconds: 0.3, perSecond: [400], threads: 2, machineBusy: 0.5 }

function figures(some: Partial<LoadFigures> = {}): LoadFigures {
  const latencies = new LatencyHistogram()
  for (let us = 1000; us <= 2000; us += 100) latencies.add(us)
  const counts = { published: 100, confirmed: 100, unknown: 0, received: 200, duplicates: 0, withheld: 0, pending: 0 }
  return { ...counts, errors: {}, latencies: latencies.toData(), busy: 0.3, lateMs: 2, ...some }
}

it('adds the threads, and counts a message as lost for each subscriber that did not get it', () => {
  const result = benchResult(
    plan,
    [figures({ errors: { timeout: 1 } }), figures({ received: 197, errors: { timeout: 2 } })],
    run,
  )
  expect(result).toMatchObject({ confirmed: 200, delivered: 397, lost: 3, errors: { timeout: 3 }, limit: undefined })
})

it('does not let a duplicate hide a loss', () => {
  const result = benchResult(plan, [figures(), figures({ received: 197, duplicates: 3 })], run)
  expect(result).toMatchObject({ delivered: 397, lost: 3, duplicates: 3 })
  expect(benchText(result, paint(false), 60)).toContain('duplicates  3 messages came again')
})

it.each([
  [{ busy: 0.97 }, run, 'bench', /97 % busy.*use --threads 3/],
  [{ lateMs: 300 }, run, 'bench', /up to 300 ms late/],
  [{ lateMs: 300 }, { ...run, machineBusy: 0.99 }, 'machine', /processors of this machine were 99 % busy/],
  [{}, { ...run, lateSeconds: 3 }, 'relay', /^50 of 200 messages a second were confirmed/],
  [{ confirmed: 50 }, run, 'relay', /^150 of 200 messages a second were confirmed/],
])('names what was the limit: %j', (some, how, by, message) => {
  const { limit } = benchResult(plan, [figures(), figures(some)], how)
  expect(limit).toEqual({ by, message: expect.stringMatching(message) })
})

it('is shown as a table with a chart that fits the terminal', () => {
  const result = benchResult(plan, [figures(), figures({ received: 190, errors: { rate_limited: 7 } })], run)
  const text = benchText(result, paint(false), 60)
  expect(text).toContain('lost        10\nerrors      rate_limited 7\n')
  expect(text).toMatch(/latency {5}p50 1\.5\d* ms {2}p95 .* max 2 ms\n/)
  expect(text).toContain('    < 2 ms ████████████████████████████████████  90.9 %')
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(60)
})
