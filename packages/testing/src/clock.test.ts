import { describe, expect, it } from 'vitest'
import { fakeClock, systemClock } from './clock.js'

describe('the clock of a test', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])('refuses to advance by %s', async (ms) => {
    for (const clock of [fakeClock(), systemClock()]) await expect(clock.advance(ms)).rejects.toThrow(RangeError)
  })

  it('does not go back if a shorter time ends after a longer one', async () => {
    const clock = fakeClock(0)
    await Promise.all([clock.advance(5000), clock.advance(1000)])
    expect(clock.now()).toBe(5000)
  })
})
