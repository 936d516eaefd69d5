import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from './backoff.js'

test('the longest wait is 500 ms at first and doubles up to 20 s', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 100, 5000].map((attempt) => backoffMs(attempt, 1))).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000, 20_000,
  ])
})

test('waits are spread evenly up to the bound', () => {
  expect([0, 0.25, 0.5].map((chance) => backoffMs(3, chance))).toEqual([0, 1000, 2000])
})

test('the wait is a number from 0 to 20 s', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
      const ms = backoffMs(attempt, chance)
      return ms >= 0 && ms <= 20_000
    }),
  )
})
