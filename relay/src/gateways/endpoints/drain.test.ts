import type { WildcastError } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { realClock } from '../../core/clock.js'
import { TimeSlice } from '../../core/time-slice.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { settled } from '../../testing/scripted-link.js'
import { drain } from './drain.js'

function opened(count: number, answered = Promise.resolve()) {
  const clock = { ...fakeClock(), random: realClock.random }
  const announced: (readonly [number, number])[] = []
  const closed: string[] = []
  const connections = Array.from({ length: count }, () => ({
    goAway: (windowMs: readonly [number, number]) => void announced.push(windowMs),
    whenAnswered: () => answered,
    leave: ({ code }: WildcastError) => void closed.push(code),
  }))
  let over = false
  void drain(connections, { clock, slice: new TimeSlice(clock) }).then(() => (over = true))
  return { clock, announced, closed, isOver: () => over }
}

describe('a relay that shuts down', () => {
  it('closes few clients at once, after an announcement', async () => {
    const { announced, closed, isOver } = opened(3)
    await settled()
    expect({ announced, closed, over: isOver() }).toEqual({
      announced: [0, 1, 2].map(() => [0, 15]),
      closed: ['going_away', 'going_away', 'going_away'],
      over: true,
    })
  })

  it('spreads many over the window, with less than a quarter of them in any second', async () => {
    const { clock, announced, closed, isOver } = opened(2000)
    await settled()
    expect({ announced: announced[0], closed: closed.length }).toEqual({ announced: [0, 10_000], closed: 0 })
    for (let second = 0; second < 10; second++) {
      const before = closed.length
      clock.advance(1000)
      await settled()
      expect(closed.length - before).toBeLessThan(500)
    }
    await settled()
    expect({ closed: closed.length, over: isOver() }).toEqual({ closed: 2000, over: true })
  })

  it('keeps no client longer than 20 s, however many there are', async () => {
    const { clock, announced, closed } = opened(4400)
    await settled()
    expect(announced[0]).toEqual([0, 20_000])
    clock.advance(20_000)
    await settled()
    expect(closed.length).toBe(4400)
  })

  it('closes a client when its publishes are answered, or after 1 s if a broker does not answer', async () => {
    let answer = (): void => {}
    const answered = opened(
      1,
      new Promise<void>((resolve) => {
        answer = resolve
      }),
    )
    await settled()
    expect(answered.closed).toEqual([])
    answer()
    await settled()
    expect(answered.closed).toEqual(['going_away'])
    const { clock, closed } = opened(1, new Promise(() => {}))
    await settled()
    clock.advance(999)
    await settled()
    expect(closed).toEqual([])
    clock.advance(1)
    await settled()
    expect(closed).toEqual(['going_away'])
  })
})
