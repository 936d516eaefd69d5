import { matches, type Pattern, parsePattern, parseSubject, type Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { subjectTest } from './subject-test.js'

const segment = fc.constantFrom('a', 'b', '$sys', '_x', 'request', '01ARZ3NDEKTSV4RRFFQ69G5FAV')
const subject = fc.array(segment, { minLength: 1, maxLength: 5 }).map((all) => parseSubject(all.join('.')))
const pattern = fc
  .array(fc.oneof(segment, fc.constantFrom('*', '**')), { minLength: 1, maxLength: 5 })
  .filter((all) => all.filter((one) => one === '**').length <= 2)
  .map((all) => parsePattern(all.join('.')))

const tests = (one: Pattern, other: Subject): boolean => subjectTest(one)(other)

it('the test of a subject agrees with matches', () => {
  fc.assert(
    fc.property(pattern, subject, (one, other) => {
      expect(tests(one, other)).toBe(matches(one, other))
    }),
    { numRuns: 5000 },
  )
})

it.each([
  ['a.**', 'a', true],
  ['**', 'a.b', true],
  ['**', '$sys.a', false],
  ['*', '_x', false],
  ['a.*', 'a', false],
  ['a.**.b.*', 'a.c.b.d', true],
  ['request.*.a', 'request.01ARZ3NDEKTSV4RRFFQ69G5FAV.a', true],
  ['*.*.a', 'request.01ARZ3NDEKTSV4RRFFQ69G5FAV.a', false],
] as const)('%s matches %s: %s', (one, other, expected) => {
  expect(tests(parsePattern(one), parseSubject(other))).toBe(expected)
})
