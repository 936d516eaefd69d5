import fc from 'fast-check'
import { expect, it } from 'vitest'
import { LatencyHistogram } from './latency-histogram.js'

const latencies = fc.array(fc.double({ min: 1, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 })

function of(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (const us of values) histogram.add(us)
  return histogram
}

it('has each quantile to 3 %, and the exact maximum', () => {
  fc.assert(
    fc.property(latencies, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
      const exact = (values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? 0) / 1000
      const histogram = of(values)
      expect(histogram.maxMs).toBe(Math.max(...values) / 1000)
      expect(histogram.quantileMs(share)).toBeGreaterThanOrEqual(exact * 0.999)
      expect(histogram.quantileMs(share)).toBeLessThanOrEqual(exact * 1.03)
    }),
  )
})

it('adds the latencies of other threads', () => {
  fc.assert(
    fc.property(latencies, latencies, (some, others) => {
      const sum = of(some)
      sum.addData(structuredClone(of(others).toData()))
      const all = of([...some, ...others])
      expect([sum.count, sum.maxMs, sum.quantileMs(0.5)]).toEqual([all.count, all.maxMs, all.quantileMs(0.5)])
      expect(sum.between(0, Number.POSITIVE_INFINITY)).toBe(some.length + others.length)
    }),
  )
})

it('takes times that are not in its range', () => {
  const histogram = of([-5, 0, 1e12])
  expect([histogram.count, histogram.maxMs]).toEqual([3, 1e9])
  expect(new LatencyHistogram().quantileMs(0.5)).toBe(0)
})
