import { expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { within } from './within.js'

it.each([
  ['resolved', () => Promise.resolve()],
  ['rejected', () => Promise.reject(new Error('failed'))],
])('resolves when the work has %s, and stops its timer', async (_, work) => {
  const clock = fakeClock()
  await within(100, work(), clock)
  expect(clock.timers).toBe(0)
})

it('resolves when the time is over', async () => {
  const clock = fakeClock()
  const over = within(100, new Promise(() => {}), clock)
  clock.advance(100)
  await expect(over).resolves.toBeUndefined()
})
