import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { covers } from './covers.js'
import { matches } from './match.js'
import { parsePattern, parseSubject } from './subject.js'

const covered = (wide: string, narrow: string): boolean => covers(parsePattern(wide), parsePattern(narrow))

describe('covers', () => {
  it.each([
    ['a.b', 'a.b'],
    ['a.*', 'a.b'],
    ['a.*', 'a.*'],
    ['a.**', 'a'],
    ['*.**', '**'],
    ['>', '**'],
    ['a.**', 'a.*.b.**'],
    ['**', '*.a.**'],
    ['**.b', 'a.**.b'],
    ['a.**.b', 'a.**.c.**.b'],
    ['*.**', '**.a'],
    ['a.>', 'a.*'],
    ['a.>', 'a.b.**'],
    ['request.*', 'request.*'],
    ['request.**', 'request.*.sum'],
    ['$sys.*', '$sys.load'],
    ['*.*.**.a', '**.$x.a'],
    ['*.**', '**.**'],
  ])('%s covers %s', (wide, narrow) => {
    expect(covered(wide, narrow)).toBe(true)
  })

  it.each([
    ['a.b', 'a.*'],
    ['a.*', 'a.**'],
    ['a.*', 'a'],
    ['a.>', 'a.**'],
    ['**.b', '**'],
    ['a.**.b', 'a.**'],
    ['*.b', 'a.c'],
    ['**', '$sys.load'],
    ['*.load', '_sys.load'],
    ['**', 'request.*'],
    ['**', 'request.**'],
    ['**', 'response.01ARZ3NDEKTSV4RRFFQ69G5FAV.a'],
  ])('%s does not cover %s', (wide, narrow) => {
    expect(covered(wide, narrow)).toBe(false)
  })

  it('is fast for patterns with many segments and wildcards', () => {
    const many = Array.from({ length: 120 }, () => '*').join('.')
    expect(covered(`a.**.${many}.b.**`, `a.**.${many}.b.**`)).toBe(true)
    expect(covered(`a.**.${many}.b.**.c`, `a.**.${many}.b.**.d`)).toBe(false)
  })

  const segment = fc.constantFrom('a', 'b', '*', '**', '*', '$x', 'request', '01ARZ3NDEKTSV4RRFFQ69G5FAV')
  const pattern = fc
    .array(segment, { minLength: 1, maxLength: 5 })
    .filter((segments) => segments.filter((one) => one === '**').length <= 2)
    .map((segments) => parsePattern(segments.join('.')))
  const alphabet = ['a', 'b', 'c', '$x', 'request', '01ARZ3NDEKTSV4RRFFQ69G5FAV']
  const subjects = (function* from(prefix: readonly string[]): Generator<string> {
    if (prefix.length > 0) yield prefix.join('.')
    if (prefix.length < 5) for (const one of alphabet) yield* from([...prefix, one])
  })([])
  const all = [...subjects].map(parseSubject)

  it('agrees with matches for every short subject', () => {
    fc.assert(
      fc.property(pattern, pattern, (wide, narrow) => {
        const escaping = all.find((subject) => matches(narrow, subject) && !matches(wide, subject))
        expect({ wide, narrow, escaping, covers: covers(wide, narrow) }).toMatchObject({
          covers: escaping === undefined,
        })
      }),
      { numRuns: 300 },
    )
  })
})
