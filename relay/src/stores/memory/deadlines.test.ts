import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { Deadlines, newDeadline } from './deadlines.js'

it('runs work at its time, for any order of sets, moves and deletes', () => {
  const step = fc.tuple(fc.nat({ max: 9 }), fc.option(fc.nat({ max: 50 })))
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const clock = fakeClock()
      const deadlines = new Deadlines(clock)
      const expected = new Map<number, number>()
      const done: [number, number][] = []
      const all = Array.from({ length: 10 }, (_, i) => newDeadline(() => done.push([i, clock.now()])))
      for (const [i, ms] of steps) {
        const one = all[i] as (typeof all)[number]
        if (ms === null) {
          deadlines.delete(one)
          expected.delete(i)
        } else {
          deadlines.set(one, ms)
          expected.set(i, ms)
        }
        expect(clock.timers).toBe(expected.size > 0 ? 1 : 0)
      }
      clock.advance(50)
      expect(new Map(done)).toEqual(expected)
      expect(done).toHaveLength(expected.size)
      expect(clock.timers).toBe(0)
    }),
  )
})

it('divides much work over several turns', () => {
  const clock = fakeClock()
  const deadlines = new Deadlines(clock)
  let done = 0
  const perTurn: number[] = []
  for (let i = 0; i < 2500; i++)
    deadlines.set(
      newDeadline(() => done++),
      10,
    )
  const counting = { ...clock, after: clock.after }
  expect(counting.timers).toBe(1)
  const { after } = clock
  clock.after = (ms, run) =>
    after(ms, () => {
      run()
      perTurn.push(done)
    })
  clock.advance(10)
  expect(done).toBe(2500)
  expect(perTurn).toEqual([2000, 2500])
})

it('waits for a deadline that is later than a timer can be', () => {
  const clock = fakeClock()
  const deadlines = new Deadlines(clock)
  let longest = 0
  const { after } = clock
  clock.after = (ms, run) => {
    longest = Math.max(longest, ms)
    return after(ms, run)
  }
  const month = 31 * 24 * 3600 * 1000
  let isDone = false
  deadlines.set(
    newDeadline(() => {
      isDone = true
    }),
    month,
  )
  clock.advance(month - 1)
  expect({ isDone, fits: longest < 2 ** 31 }).toEqual({ isDone: false, fits: true })
  clock.advance(1)
  expect(isDone).toBe(true)
})
