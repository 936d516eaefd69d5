import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from './backoff.js'

test('the first wait is up to 500 ms, and doubles up to 20 s', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 100, 5000].map((attempt) => backoffMs(attempt, 1))).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000,
  ])
})

test('any moment up to the bound is as likely as any other', () => {
  expect([0, 0.25, 0.5].map((chance) => backoffMs(3, chance))).toEqual([0, 1000, 2000])
})

test('it is never negative, above 20 s or no number', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
      const ms = backoffMs(attempt, chance)
      return ms >= 0 && ms <= 20_000
    }),
  )
})
