import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FakeClock, fakeClock } from '../../../testing/fake-clock.js'
import { settled } from '../../../testing/scripted-link.js'
import { KeptOrder } from './kept-order.js'

interface OpenedOrder {
  readonly order: KeptOrder<string>
  readonly clock: FakeClock
  readonly delivered: string[]
  /** Takes messages with these numbers. */
  take(...seqs: readonly number[]): void
  failures(): number
}

/** Returns the order of a stream, and what it has delivered. */
function opened(): OpenedOrder {
  const clock = fakeClock()
  const delivered: string[] = []
  let failures = 0
  const order = new KeptOrder<string>({
    clock,
    deliver: (message, seq) => delivered.push(`${message} ${seq}`),
    failed: () => failures++,
  })
  return {
    ...{ order, clock, delivered },
    take: (...seqs) => {
      for (const seq of seqs) order.take(`m${seq}`, seq)
    },
    failures: () => failures,
  }
}

const messages = (...seqs: readonly number[]): string[] => seqs.map((seq) => `m${seq} ${seq}`)

describe('the messages of a stream', () => {
  it('are delivered in the order of their numbers, those before the beginning not at all', () => {
    const { order, take, delivered } = opened()
    take(12, 10, 9)
    expect(delivered).toEqual([])
    order.begin(10)
    take(11)
    take(14, 13, 12, 10)
    expect(delivered).toEqual(messages(11, 12, 13, 14))
  })

  it('are all delivered, once, whatever their order', () => {
    const moves = fc.array(fc.nat(8), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(fc.nat(40), moves, fc.nat(40), (count, moves, beginAt) => {
        const { order, take, delivered, clock, failures } = opened()
        const displaced = Array.from({ length: count }, (_, i) => ({
          seq: i + 1,
          at: i + (moves[i % moves.length] ?? 0),
        }))
          .sort((one, other) => one.at - other.at)
          .map(({ seq }) => seq)
        for (const [i, seq] of displaced.entries()) {
          if (i === beginAt) order.begin(0)
          take(seq, seq)
        }
        order.begin(0)
        clock.advance(10_000)
        expect(delivered).toEqual(messages(...Array.from({ length: count }, (_, i) => i + 1)))
        expect(failures()).toBe(0)
      }),
    )
  })

  it('fail once if one is missing for 2 s, and no later one is delivered', () => {
    const { order, take, delivered, clock, failures } = opened()
    order.begin(0)
    take(1, 3)
    clock.advance(1999)
    expect(failures()).toBe(0)
    clock.advance(1)
    expect(failures()).toBe(1)
    take(2, 4)
    clock.advance(10_000)
    expect([delivered, failures()]).toEqual([messages(1), 1])
  })

  it('wait 2 s again for each that is missing after progress', () => {
    const { order, take, delivered, clock, failures } = opened()
    order.begin(0)
    take(2, 4)
    clock.advance(1999)
    take(1)
    clock.advance(1999)
    take(3)
    clock.advance(10_000)
    expect([delivered, failures()]).toEqual([messages(1, 2, 3, 4), 0])
  })

  it('fail if 100,000 wait for one that is missing', () => {
    const { order, take, failures } = opened()
    order.begin(0)
    for (let seq = 2; seq <= 100_001; seq++) take(seq)
    expect(failures()).toBe(0)
    take(100_002)
    expect(failures()).toBe(1)
  })

  it('are not awaited after the end', () => {
    const { order, take, delivered, clock, failures } = opened()
    order.begin(0)
    take(2)
    order.end()
    take(1)
    void order.delivered(5)
    clock.advance(10_000)
    expect([delivered, failures()]).toEqual([[], 0])
  })
})

describe('a wait for the delivery up to a number', () => {
  it('is over at once if they are delivered, else when they are', async () => {
    const { order, take } = opened()
    order.begin(0)
    take(1)
    expect(order.delivered(1)).toBeUndefined()
    const done: string[] = []
    void order.delivered(3)?.then(() => done.push('3'))
    void order.delivered(2)?.then(() => done.push('2'))
    take(3)
    await settled()
    expect(done).toEqual([])
    take(2)
    await settled()
    expect(done.toSorted()).toEqual(['2', '3'])
  })

  it('fails after 2 s if the last one of all is missing', () => {
    const { order, clock, failures } = opened()
    order.begin(0)
    void order.delivered(1)
    clock.advance(2000)
    expect(failures()).toBe(1)
  })

  it('continues after progress, with 2 s more', () => {
    const { order, take, clock, failures } = opened()
    order.begin(0)
    void order.delivered(2)
    clock.advance(1500)
    take(1)
    clock.advance(1999)
    expect(failures()).toBe(0)
    clock.advance(1)
    expect(failures()).toBe(1)
  })
})
