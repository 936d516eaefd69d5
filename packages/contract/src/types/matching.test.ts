import { intersects, matches, parseSubject } from '@wildcast/protocol/subjects'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseTemplate } from '../template.js'
import { compile } from '../testing/compile.js'

const literal = fc.constantFrom('a', 'b', 'ab', '$a')
const segment = fc.oneof({ weight: 3, arbitrary: literal }, { weight: 2, arbitrary: fc.constantFrom('*', '**') })
const end = fc.constantFrom('', '', '', '.>', '.#')
const pattern = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), end)
  .map(([segments, last]) => segments.join('.') + last)
  .filter((text) => (text.match(/\*\*|>|#/g) ?? []).length <= 2)
const subject = fc.array(literal, { minLength: 1, maxLength: 5 }).map((segments) => segments.join('.'))

const seed = 19
const numRuns = 400

it('the compiler and the subject language agree which patterns match a subject, and which share one', () => {
  const pairs = fc.sample(fc.tuple(pattern, pattern, subject), { seed, numRuns })
  const facts = pairs.flatMap(([one, other, text]) => [
    {
      type: `Overlaps<Segments<'${one}'>, Segments<'${other}'>>`,
      holds: intersects(parseTemplate(one).pattern, parseTemplate(other).pattern),
    },
    {
      type: `Covers<Segments<'${one}'>, Segments<'${text}'>>`,
      holds: matches(parseTemplate(one).pattern, parseSubject(text)),
    },
  ])
  const header = [
    "import type { Covers, Overlaps } from './types/matching.js'",
    "import type { Segments } from './types/segments.js'",
    'export type IsSame<One extends boolean, Other extends One> = [One, Other]',
  ]
  // Both answers, since `boolean` would be no error for either.
  const program = [...header, ...facts.map(({ type, holds }, i) => `export type T${i} = IsSame<${holds}, ${type}>`)]
  const wrong = compile(program).map(({ line, text }) => `${program[line - 1]}: ${text}`)
  expect(wrong).toEqual([])
  expect(facts.filter(({ holds }) => holds).length).toBeGreaterThan(numRuns / 5)
})

it('the compiler of this test reports a wrong answer', () => {
  expect(compile(['export const wrong: 1 = 2'])).toEqual([{ line: 1, text: "Type '2' is not assignable to type '1'." }])
})
