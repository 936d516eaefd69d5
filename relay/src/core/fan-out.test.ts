import { describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { FanOut } from './fan-out.js'
import { TimeSlice } from './time-slice.js'

/** A fan-out on a clock whose turns end when a test decides. Each part takes 5 ms. */
function opened() {
  let now = 0
  let ends: (() => void)[] = []
  const clock = { ...fakeClock(), now: () => now, endOfTurn: (run: () => void) => void ends.push(run) }
  const slice = new TimeSlice(clock)
  const fanOut = new FanOut(slice)
  const ran: string[] = []
  const part = (name: string, payload = 'x'.repeat(64 * 1024)): void =>
    fanOut.run(payload, () => {
      now += 5
      ran.push(name)
    })
  const endTurn = (): void => {
    const due = ends
    ends = []
    for (const run of due) run()
  }
  return { slice, part, ran, endTurn }
}

describe('a fan-out', () => {
  it('runs at once while the turn has time, and then in later turns, in order', () => {
    const { part, ran, endTurn } = opened()
    for (const name of ['a', 'b', 'c', 'd', 'e']) part(name)
    expect(ran).toEqual(['a', 'b'])
    endTurn()
    expect(ran).toEqual(['a', 'b', 'c', 'd'])
    part('f')
    endTurn()
    expect(ran).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it.each([
    ['a little', 64, true],
    ['more than 32 MB', 1024, false],
  ])('while %s waits, in parts of %i KiB, some turns are left to input: %s', (_, kilobytes, admitted) => {
    const { slice, part, endTurn } = opened()
    const flood = (parts: number): void => {
      for (let i = 0; i < parts; i++) part('x', String(i).padEnd(kilobytes * 1024, '.'))
    }
    flood(50)
    let admits = 0
    let waiting = 0
    slice.later(() => waiting++)
    for (let i = 0; i < 8; i++) {
      endTurn()
      flood(2)
      if (slice.admits(1)) admits++
    }
    expect({ admits: admits > 0, waited: waiting > 0 }).toEqual({ admits: admitted, waited: admitted })
  })

  it('continues before more input is admitted, and before input that waits', () => {
    const { slice, part, ran, endTurn } = opened()
    for (const name of ['a', 'b', 'c', 'd', 'e']) part(name)
    slice.later(() => ran.push('input'))
    expect(slice.admits(1)).toBe(false)
    endTurn()
    expect(slice.admits(1)).toBe(false)
    endTurn()
    expect(ran).toEqual(['a', 'b', 'c', 'd', 'e', 'input'])
    endTurn()
    expect(slice.admits(1)).toBe(true)
  })

  it('keeps 64 MiB at most, each payload counted once: past that the oldest parts run at once', () => {
    const { part, ran } = opened()
    const payload = (fill: string): string => fill.repeat(1024 * 1024)
    const shared = payload('s')
    for (let i = 0; i < 1000; i++) part(`shared ${i}`, shared)
    expect(ran.length).toBeLessThan(3)
    for (let i = 0; i < 100; i++) part(`own ${i}`, payload(String.fromCharCode(0x100 + i)).slice(0, 1024 * 1024 - i))
    expect(ran.length).toBeGreaterThan(1000)
    expect(ran.length).toBeLessThan(1100)
  })
})
