import fc from 'fast-check'
import { expect, it } from 'vitest'
import { segmentOf } from './segment-of.js'
import { isReserved, parseSubject } from './subject.js'

it.each([
  ['ada', 'ada'],
  ['ada@example.org', 'ada@example%2Eorg'],
  ['*', '%2A'],
  ['**', '%2A%2A'],
  ['a b', 'a%20b'],
  ['50%', '50%25'],
  ['$sys', '%24sys'],
  ['_in', '%5Fin'],
  ['a_$', 'a_$'],
  ['ünï', 'ünï'],
  ['\u2028', '%E2%80%A8'],
])('%s becomes %s', (text, segment) => {
  expect(segmentOf(text)).toBe(segment)
})

it('returns no segment for an empty text', () => {
  expect(segmentOf('')).toBeUndefined()
})

it('makes one segment of any text, and different ones of different texts', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(text, text, (one, other) => {
      const segment = segmentOf(one) as string
      expect(parseSubject(segment).split('.')).toHaveLength(1)
      expect(isReserved(segment)).toBe(false)
      expect(segment === segmentOf(other)).toBe(one === other)
    }),
  )
})
