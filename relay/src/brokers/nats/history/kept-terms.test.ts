import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noPosition } from '../../../core/position.js'
import { revisionOf } from '../../../core/revision.js'
import { type KeptTerm, KeptTerms, termsIn } from './kept-terms.js'

const termOf = (i: number): string => `000000${i}aaa`

/** Terms 1, 2, … that begin at these numbers. */
const termsFrom = (...froms: readonly number[]): KeptTerms =>
  new KeptTerms(froms.map((from, i) => ({ created: 'c', server: 's', term: termOf(i + 1), from })))

/** Some terms, and the number of the newest message. Earlier terms may be forgotten. */
const histories = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 }), fc.nat(6))
  .map(([first, lengths, more]) => {
    const froms = [first]
    for (const length of lengths) froms.push((froms.at(-1) ?? 0) + length)
    return { terms: termsFrom(...froms), last: (froms.at(-1) ?? 0) + more }
  })

/** Any position: also of no term, past the end of its term, and before its start. */
const positions = fc
  .tuple(fc.nat(7), fc.constantFrom('aaa', '000', 'zzz'), fc.nat(30))
  .map(([term, part, count]) => revisionOf(termOf(term).replace('aaa', part), count))

const numbers = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1)

describe('the terms of a stream', () => {
  it('give positions in the order of the messages, and find the messages of these', () => {
    fc.assert(
      fc.property(histories, ({ terms, last }) => {
        const all = numbers(last).map((seq) => terms.positionOf(seq))
        expect(all).toEqual([...new Set(all)].sort())
        for (const [i, position] of all.entries()) {
          expect(terms.lastUpTo(position)).toBe(i + 1)
          expect(terms.lastBefore(position)).toBe(i)
          expect(terms.isKnown(position, last)).toBe(true)
        }
      }),
    )
  })

  it('find the last message up to any position, and before it', () => {
    fc.assert(
      fc.property(histories, positions, ({ terms, last }, position) => {
        const count = (isWanted: (other: string) => boolean): number =>
          numbers(last).filter((seq) => isWanted(terms.positionOf(seq))).length
        expect(Math.min(last, terms.lastUpTo(position))).toBe(count((other) => other <= position))
        expect(Math.min(last, terms.lastBefore(position))).toBe(count((other) => other < position))
      }),
    )
  })

  it('know the start and what was written, and neither another term nor the part after the end of one', () => {
    const terms = termsFrom(1, 10)
    const known = (term: number, count: number): boolean => terms.isKnown(revisionOf(termOf(term), count), 12)
    expect(terms.isKnown(noPosition, 12)).toBe(true)
    expect([known(1, 9), known(2, 10), known(2, 12)]).toEqual([true, true, true])
    expect([known(1, 10), known(2, 13), known(3, 1)]).toEqual([false, false, false])
    expect(terms.newest.term).toBe(termOf(2))
  })
})

describe('a record of terms', () => {
  const term: KeptTerm = { created: 'c', server: 's', term: termOf(1), from: 1 }
  const read = (value: unknown): unknown => termsIn(new TextEncoder().encode(JSON.stringify(value)))

  it('is read as it was written', () => {
    expect(read([term, { ...term, from: 7 }])).toEqual([term, { ...term, from: 7 }])
  })

  it.each([
    ['nothing', undefined],
    ['no list', { term }],
    ['another form of a term', [{ ...term, term: 'x' }]],
    ['a number of another form', [{ ...term, from: 1.5 }]],
    ['a missing member', [{ term: term.term, from: 1 }]],
    ['null', [null]],
  ])('has no terms if it has %s', (_, value) => {
    expect(value === undefined ? termsIn(undefined) : read(value)).toEqual([])
  })

  it('has no terms if it is not JSON', () => {
    expect(termsIn(Uint8Array.of(0xff))).toEqual([])
  })
})
