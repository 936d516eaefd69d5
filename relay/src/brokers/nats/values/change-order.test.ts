import type { Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FakeClock, fakeClock } from '../../../testing/fake-clock.js'
import { ChangeOrder } from './change-order.js'
import { HeldChanges } from './held-changes.js'

interface OpenedOrder {
  readonly clock: FakeClock
  readonly held: HeldChanges
  readonly delivered: string[]
  readonly order: ChangeOrder
  take(subject: string, seq: number, previous: number): void
  failures(): number
}

/** Returns a subscription that began after change 10, and what it has delivered. */
function opened(): OpenedOrder {
  const [clock, held] = [fakeClock(), new HeldChanges()]
  const delivered: string[] = []
  let failures = 0
  const order = new ChangeOrder({
    clock,
    held,
    since: 10,
    deliver: ({ subject, revision }) => delivered.push(`${subject} ${revision}`),
    failed: () => failures++,
  })
  return {
    ...{ clock, held, delivered, order },
    take: (subject, seq, previous) =>
      order.take({
        term: '',
        seq,
        previous,
        message: { subject: subject as Subject, payload: '', revision: `${seq}` },
      }),
    failures: () => failures,
  }
}

/** Moves each change back by less than `most` places. */
function displaced(changes: readonly Change[], moves: readonly number[]): Change[] {
  return changes
    .map((change, i) => ({ change, at: i + (moves[i % moves.length] ?? 0) }))
    .sort((one, other) => one.at - other.at)
    .map(({ change }) => change)
}

type Change = readonly [subject: string, seq: number, previous: number]

it('any changes in any order are delivered in their order on each subject, or the connection ends', () => {
  const moves = fc.array(fc.nat(6), { minLength: 1, maxLength: 50 })
  const subjects = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 50 })
  fc.assert(
    fc.property(subjects, moves, fc.array(fc.boolean()), (names, moves, pauses) => {
      const { take, delivered, clock, failures } = opened()
      const last = new Map<string, number>()
      const changes = names.map((subject, i): Change => {
        const previous = last.get(subject) ?? 1
        last.set(subject, i + 11)
        return [subject, i + 11, previous]
      })
      for (const [i, change] of displaced(changes, moves).entries()) {
        take(...change)
        if (pauses[i]) clock.advance(100)
      }
      clock.advance(100)
      for (const name of ['a', 'b', 'c']) {
        const numbers = delivered.filter((one) => one.startsWith(name)).map((one) => Number(one.slice(2)))
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
      }
      if (failures() === 0) expect(delivered).toHaveLength(changes.length)
    }),
  )
})

describe('the changes of a subscription', () => {
  it('are delivered at once if they come in order', () => {
    const { take, delivered } = opened()
    take('a', 11, 3)
    take('b', 12, 0)
    take('a', 13, 11)
    take('a', 14, 0)
    expect(delivered).toEqual(['a 11', 'b 12', 'a 13', 'a 14'])
  })

  it('wait for the change of their subject before them, and others do not', () => {
    const { take, delivered } = opened()
    take('a', 11, 3)
    take('a', 14, 13)
    take('a', 13, 12)
    take('b', 15, 4)
    expect(delivered).toEqual(['a 11', 'b 15'])
    take('a', 12, 11)
    expect(delivered).toEqual(['a 11', 'b 15', 'a 12', 'a 13', 'a 14'])
  })

  it('wait a short time for one that came before the subscription, and only once', () => {
    const { take, delivered, clock, failures } = opened()
    take('a', 20, 15)
    expect(delivered).toEqual([])
    clock.advance(100)
    take('b', 21, 14)
    expect(delivered).toEqual(['a 20', 'b 21'])
    expect(failures()).toBe(0)
  })

  it('after a deletion that was removed end the wait of those before them', () => {
    const { take, delivered, clock } = opened()
    take('a', 14, 13)
    take('a', 16, 0)
    take('b', 21, 19)
    clock.advance(100)
    take('b', 22, 21)
    expect(delivered).toEqual(['a 14', 'a 16', 'b 21', 'b 22'])
  })

  it('end the connection when one comes after a later one was delivered', () => {
    const { take, delivered, clock, failures } = opened()
    take('a', 20, 15)
    clock.advance(100)
    take('a', 15, 3)
    expect(delivered).toEqual(['a 20'])
    expect(failures()).toBe(1)
  })

  it('are delivered when nothing is held any longer', async () => {
    const { take, held, delivered } = opened()
    take('a', 12, 11)
    const all = held.delivered().then(() => [...delivered])
    take('a', 11, 10)
    expect(await all).toEqual(['a 11', 'a 12'])
  })

  it('that are held are dropped with the subscription', async () => {
    const { take, order, held, delivered, clock } = opened()
    take('a', 12, 11)
    order.end()
    await held.delivered()
    clock.advance(1000)
    expect(delivered).toEqual([])
  })

  it('of many subjects are remembered in bounded memory, and still come in order', () => {
    const { take, delivered, failures } = opened()
    const last = new Map<string, number>()
    for (let seq = 11; seq < 5000; seq++) {
      const subject = `s${(seq * 7919) % 1733}`
      take(subject, seq, last.get(subject) ?? 1)
      last.set(subject, seq)
    }
    expect(delivered).toHaveLength(4989)
    expect(failures()).toBe(0)
  })
})
