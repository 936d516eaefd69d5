import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ulid } from './ulid.js'

test('has the time in ten characters and random ones in sixteen', () => {
  expect(ulid({ now: () => 1469918176385, random: () => 0 })).toBe('01ARYZ6S410000000000000000')
  expect(ulid({ now: () => 2 ** 48 - 1, random: () => 0.999 })).toBe('7ZZZZZZZZZZZZZZZZZZZZZZZZZ')
})

test('sorts by time', () => {
  const at = (now: number): string => ulid({ now: () => now, random: () => 0.5 })
  fc.assert(
    fc.property(
      fc.nat(),
      fc.nat(),
      (a, b) => Math.sign(a - b) === Math.sign(at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0),
    ),
  )
})
