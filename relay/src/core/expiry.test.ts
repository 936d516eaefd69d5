import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { whenExpired } from './expiry.js'

const day = 86_400_000

describe('whenExpired', () => {
  it('runs at its time, also beyond the longest timer', () => {
    const clock = fakeClock()
    let runs = 0
    whenExpired(clock, 60 * day, () => runs++)
    clock.advance(60 * day - 1)
    expect(runs).toBe(0)
    clock.advance(1)
    expect(runs).toBe(1)
  })

  it('can be undone at any time', () => {
    const clock = fakeClock()
    const undo = whenExpired(clock, 60 * day, () => expect.unreachable())
    clock.advance(30 * day)
    undo?.()
    expect(clock.timers).toBe(0)
  })
})
