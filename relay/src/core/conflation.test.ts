import { parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { Conflation } from './conflation.js'

function opened(maxRate: number) {
  const clock = fakeClock()
  const out: string[] = []
  const room = { used: 0, limit: 2_000_000 }
  const conflation = new Conflation({
    clock,
    maxRate,
    room,
    deliver: ({ subject, payload }) => void out.push(`${clock.now()} ${subject}=${payload}`),
    lost: (missed) => void out.push(`lost ${missed}`),
  })
  const offer = (subject: string, payload: number | string): void =>
    conflation.offer({ subject: parseSubject(subject), payload: `${payload}` })
  return { clock, out, room, offer, conflation }
}

describe('a rate', () => {
  it('delivers the first message at once, then the newest at each interval, and always the last', () => {
    const { clock, out, offer } = opened(10)
    for (let i = 0; i < 25; i++) {
      offer('a', i)
      clock.advance(10)
    }
    clock.advance(1000)
    expect(out).toEqual(['0 a=0', '100 a=9', '200 a=19', '300 a=24'])
    expect(clock.timers).toBe(0)
  })

  it('keeps the newest of each subject, in the order of those that they replace', () => {
    const { clock, out, offer } = opened(10)
    for (const [i, subject] of ['a', 'b', 'c', 'b', 'a'].entries()) offer(subject, i)
    clock.advance(1000)
    expect(out).toEqual(['0 a=0', '100 b=3', '200 c=2', '300 a=4'])
  })

  it('delays no message that comes slowly enough', () => {
    const { clock, out, offer } = opened(10)
    for (let i = 0; i < 5; i++) {
      offer('a', i)
      clock.advance(150)
    }
    expect(out).toEqual(['0 a=0', '150 a=1', '300 a=2', '450 a=3', '600 a=4'])
  })

  it('may be less than one a second, or faster than a timer', () => {
    const slow = opened(0.1)
    for (let i = 0; i < 3; i++) slow.offer('a', i)
    slow.clock.advance(10_000)
    expect(slow.out).toEqual(['0 a=0', '10000 a=2'])
    const fast = opened(4000)
    for (let i = 0; i < 4001; i++) fast.offer(`s.${i}`, i)
    fast.clock.advance(1001)
    expect(fast.out.length).toBe(4001)
  })

  it('drops what waits past 10,000 subjects, and reports it', () => {
    const { clock, out, offer } = opened(1)
    for (let i = 0; i <= 10_001; i++) offer(`s.${i}`, i)
    expect(out).toEqual(['0 s.0=0', 'lost 10000'])
    clock.advance(1000)
    expect(out.at(-1)).toBe('1000 s.10001=10001')
  })

  it('drops what waits past 1 MiB, or past the memory of all slow readers, reports it, and frees what it used', () => {
    const { clock, out, offer, room, conflation } = opened(1)
    const half = 'x'.repeat(500_000)
    for (const subject of ['a', 'b', 'c', 'd']) offer(subject, half)
    expect(out).toEqual([`0 a=${half}`, 'lost 2'])
    expect(room.used).toBe(500_000)
    room.limit = 600_000
    offer('e', half)
    expect(out.at(-1)).toBe('lost 1')
    offer('e', 'small')
    expect(room.used).toBe(5)
    offer('f', 'more')
    clock.advance(1000)
    expect(room.used).toBe(4)
    conflation.close()
    expect(room.used).toBe(0)
  })

  it('ends with its feed', () => {
    const { clock, out, offer, conflation } = opened(1)
    offer('a', 1)
    offer('a', 2)
    conflation.close()
    clock.advance(5000)
    expect(out).toEqual(['0 a=1'])
    expect(clock.timers).toBe(0)
  })
})
