import { expect } from 'vitest'
import type { FakeClock } from '../../src/testing/fake-clock.js'

/** Polls, and advances the clock by 100 ms before each look. */
export function inTime<Seen>(clock: FakeClock, look: () => Seen): ReturnType<typeof expect.poll<Seen>> {
  return expect.poll(
    () => {
      clock.advance(100)
      return look()
    },
    { interval: 5 },
  )
}
