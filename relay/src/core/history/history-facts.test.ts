import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  factsAfter,
  factsOfPayload,
  type HistoryFacts,
  laterFacts,
  type ProducerWrite,
  payloadOfFacts,
  verdictOn,
} from './history-facts.js'

const type = 'text/plain'
const write: fc.Arbitrary<ProducerWrite> = fc.record({ epoch: fc.nat(3), seq: fc.nat(3) })
const facts: fc.Arbitrary<HistoryFacts> = fc
  .record({
    seq: fc.option(fc.string(), { nil: undefined }),
    producers: fc.array(fc.tuple(fc.constantFrom('a', 'b', '__proto__'), write)),
  })
  .map(({ seq, producers }) => ({ type, seq, producers: new Map(producers) }))

const comparable = ({ seq, producers }: HistoryFacts): unknown => [
  seq ?? '',
  [...producers].sort(([one], [other]) => (one < other ? -1 : 1)),
]

describe('the verdict on a write of a producer', () => {
  it.each([
    [{ epoch: 0, seq: 0 }, undefined, 'next'],
    [{ epoch: 7, seq: 0 }, undefined, 'next'],
    [{ epoch: 0, seq: 1 }, undefined, 'gap'],
    [{ epoch: 1, seq: 5 }, { epoch: 1, seq: 4 }, 'next'],
    [{ epoch: 1, seq: 4 }, { epoch: 1, seq: 4 }, 'duplicate'],
    [{ epoch: 1, seq: 0 }, { epoch: 1, seq: 4 }, 'duplicate'],
    [{ epoch: 1, seq: 6 }, { epoch: 1, seq: 4 }, 'gap'],
    [{ epoch: 0, seq: 5 }, { epoch: 1, seq: 4 }, 'stale'],
    [{ epoch: 2, seq: 0 }, { epoch: 1, seq: 4 }, 'next'],
    [{ epoch: 2, seq: 5 }, { epoch: 1, seq: 4 }, 'late start'],
  ])('%j after %j is %s', (one, last, kind) => {
    expect(verdictOn(one, last).kind).toBe(kind)
  })

  it('is that of a repeat, once it is written', () => {
    fc.assert(
      fc.property(write, facts, (one, known) => {
        const { kind } = verdictOn(one, known.producers.get('a'))
        const after = factsAfter(known, { producer: { id: 'a', ...one } })
        if (kind === 'next') expect(verdictOn(one, after.producers.get('a')).kind).toBe('duplicate')
      }),
    )
  })
})

describe('the facts of two relays', () => {
  it('are joined in any order, and once or several times', () => {
    fc.assert(
      fc.property(facts, facts, facts, (one, two, three) => {
        expect(comparable(laterFacts(one, two))).toEqual(comparable(laterFacts(two, one)))
        expect(comparable(laterFacts(one, one))).toEqual(comparable(one))
        expect(comparable(laterFacts(laterFacts(one, two), three))).toEqual(
          comparable(laterFacts(one, laterFacts(two, three))),
        )
      }),
    )
  })
})

describe('a value of facts', () => {
  it('has them all', () => {
    fc.assert(
      fc.property(facts, (known) => {
        expect(factsOfPayload(payloadOfFacts(known))).toEqual(known)
      }),
    )
  })

  it.each(['', 'x', '1', 'null', '{}', '{"type":1,"producers":[]}', '{"type":"a","producers":1}'])(
    'has no facts if it is %j',
    (payload) => {
      expect(factsOfPayload(payload)).toBeUndefined()
    },
  )
})

it('the producers that wrote last are remembered', () => {
  let known: HistoryFacts = { type, producers: new Map() }
  for (let i = 0; i < 150; i++) known = factsAfter(known, { producer: { id: `${i}`, epoch: 0, seq: 0 } })
  expect([known.producers.size, known.producers.has('49'), known.producers.has('50')]).toEqual([100, false, true])
})
