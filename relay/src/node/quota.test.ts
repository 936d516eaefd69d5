import { expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { quota } from './quota.js'

it('admits a few of a kind per window, and reports how many more there were (L12)', () => {
  const clock = fakeClock()
  const reported: string[] = []
  const spare = quota(clock, (kind, count) => reported.push(`${kind} ${count}`))
  const passed = Array.from({ length: 50 }, () => spare('flood')).filter(Boolean).length
  expect({ passed, other: spare('other') }).toEqual({ passed: 20, other: true })
  clock.advance(60_000)
  expect({ reported, again: spare('flood'), timers: clock.timers }).toEqual({
    reported: ['flood 30'],
    again: true,
    timers: 1,
  })
})
