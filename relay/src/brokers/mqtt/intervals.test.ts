import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { intervals } from './intervals.js'

it('an interval repeats until it is cleared, even by itself', () => {
  const clock = fakeClock()
  const { set, clear } = intervals(clock)
  const log: string[] = []
  const first = set(() => log.push('first'), 10)
  const second = set(() => {
    log.push('second')
    clear(second)
  }, 15)
  clock.advance(30)
  clear(first)
  clear(first)
  clock.advance(30)
  expect({ log, timers: clock.timers }).toEqual({ log: ['first', 'second', 'first', 'first'], timers: 0 })
})
