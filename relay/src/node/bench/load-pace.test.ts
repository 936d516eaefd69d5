import { expect, it } from 'vitest'
import { fakeClock } from '../../testing/fake-clock.js'
import { evenly } from './load-pace.js'

it('sends all messages of its time, at an even rate, and reports a delay', () => {
  const clock = fakeClock()
  const [sent, late]: [number[], number[]] = [[], []]
  evenly({ rate: 100, seconds: 1, send: (number) => sent.push(number), onLate: (ms) => late.push(ms) }, clock)
  clock.advance(500)
  expect(sent).toHaveLength(50)
  clock.advance(5000)
  expect(sent).toEqual(Array.from({ length: 100 }, (_, i) => i))
  expect(Math.max(...late)).toBeLessThan(2)
})

it('sends nothing after its end', () => {
  const clock = fakeClock()
  let sent = 0
  const end = evenly({ rate: 1000, seconds: 10, send: () => sent++, onLate() {} }, clock)
  clock.advance(100)
  end()
  clock.advance(1000)
  expect(sent).toBe(100)
})
