import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reconnectWaitMs } from './reconnect-wait.js'

const attempts = [0, 1, 2, 3, 4, 5, 6, 100, 5000]
const waits = (chance: number): number[] => attempts.map((attempt) => reconnectWaitMs(attempt, chance))

test('the first wait is up to 200 ms, the second up to 5 s, and later ones grow up to 20 s', () => {
  expect(waits(0)).toEqual([0, 0, 4500, 6750, 10_125, 12_000, 12_000, 12_000, 12_000])
  expect(waits(1)).toEqual([200, 5000, 7500, 11_250, 16_875, 20_000, 20_000, 20_000, 20_000])
})

test('waits are spread evenly between the bounds', () => {
  expect([0, 0.25, 0.5].map((chance) => reconnectWaitMs(1, chance))).toEqual([0, 1250, 2500])
  expect([0, 0.25, 0.5].map((chance) => reconnectWaitMs(2, chance))).toEqual([4500, 5250, 6000])
})

test('the wait is a number from 0 to 20 s', () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
      const ms = reconnectWaitMs(attempt, chance)
      return ms >= 0 && ms <= 20_000
    }),
  )
})
