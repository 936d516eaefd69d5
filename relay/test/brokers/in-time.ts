import { expect } from 'vitest'
import type { FakeClock } from '../../src/testing/fake-clock.js'

/** Waits for what comes with time, which passes quickly: 100 ms of the clock at each look. */
export function inTime<Seen>(clock: FakeClock, look: () => Seen): ReturnType<typeof expect.poll<Seen>> {
  return expect.poll(
    () => {
      clock.advance(100)
      return look()
    },
    { interval: 5 },
  )
}
