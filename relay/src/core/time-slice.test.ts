import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { TimeSlice } from './time-slice.js'

/** A clock whose turns end when a test decides, and whose time passes with work. */
function turns() {
  let now = 0
  let ends: (() => void)[] = []
  return {
    clock: { ...fakeClock(), now: () => now, endOfTurn: (run: () => void) => void ends.push(run) },
    work(ms: number) {
      now += ms
    },
    endTurn() {
      const due = ends
      ends = []
      for (const run of due) run()
    },
    /** The number of awaited turns. */
    awaited: () => ends.length,
  }
}

const large = 1024 * 1024

describe('a time slice', () => {
  it('admits any amount of input while little time has passed', () => {
    const { clock } = turns()
    const slice = new TimeSlice(clock)
    for (let i = 0; i < 1000; i++) expect(slice.admits(100)).toBe(true)
  })

  it('admits nothing more in a turn after 8 ms of input, and everything again in the next', () => {
    const { clock, work, endTurn } = turns()
    const slice = new TimeSlice(clock)
    expect(slice.admits(large)).toBe(true)
    work(8)
    expect(slice.admits(large)).toBe(false)
    expect(slice.admits(1)).toBe(false)
    endTurn()
    expect(slice.admits(large)).toBe(true)
  })

  it('reads the clock after some small pieces, too', () => {
    const { clock, work } = turns()
    const slice = new TimeSlice(clock)
    let admitted = 0
    while (slice.admits(10)) {
      admitted++
      work(0.1)
    }
    expect(admitted).toBeLessThan(200)
  })

  it('runs what waits in order, as much as time allows, before what came later', () => {
    const { clock, work, endTurn } = turns()
    const slice = new TimeSlice(clock)
    const ran: string[] = []
    const wait = (name: string): void =>
      slice.later(() => {
        ran.push(name)
        work(5)
        if (name === 'a') wait('a again')
      })
    for (const name of ['a', 'b', 'c']) wait(name)
    expect(ran).toEqual([])
    endTurn()
    expect(ran).toEqual(['a', 'b', 'c'].slice(0, ran.length))
    expect(ran.length).toBeLessThan(3)
    expect(slice.admits(large)).toBe(false)
    for (let i = 0; i < 5; i++) endTurn()
    expect(ran).toEqual(['a', 'b', 'c', 'a again'])
  })

  it('gives each caller of `turn` its own, so that none starves the others', async () => {
    const { clock, work, endTurn } = turns()
    const slice = new TimeSlice(clock)
    const ran: string[] = []
    const upload = async (name: string): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        await slice.turn()
        ran.push(name)
        work(20)
      }
    }
    const uploads = Promise.all([upload('a'), upload('b'), upload('c')])
    for (let i = 0; i < 9; i++) {
      endTurn()
      await new Promise(setImmediate)
    }
    await uploads
    expect(ran.join('')).toBe('abcabcabc')
  })

  it('awaits no turn while nothing waits', () => {
    const { clock, endTurn, awaited } = turns()
    const slice = new TimeSlice(clock)
    slice.later(() => {})
    endTurn()
    endTurn()
    expect(awaited()).toBe(0)
    expect(slice.admits(large)).toBe(true)
    expect(awaited()).toBe(1)
    endTurn()
    expect(awaited()).toBe(0)
  })
})
