import { expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { quota } from './quota.js'

it('lets a few of a kind through in a while, and says how many more there were (L12)', () => {
  const clock = fakeClock()
  const told: string[] = []
  const spare = quota(clock, (kind, count) => told.push(`${kind} ${count}`))
  const passed = Array.from({ length: 50 }, () => spare('flood')).filter(Boolean).length
  expect([passed, spare('other')]).toEqual([20, true])
  clock.advance(60_000)
  expect([told, spare('flood'), clock.timers]).toEqual([['flood 30'], true, 1])
})
