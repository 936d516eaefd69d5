import { intersects, matches, parseSubject } from '@wildcast/protocol/subjects'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseTemplate } from '../template.js'
import { compile } from '../testing/compile.js'

const literal = fc.constantFrom('a', 'b', 'ab', '$a')
const wildcard = fc.constantFrom('*', '**')
const end = fc.constantFrom('', '', '', '.>', '.#')
const patternOf = (segment: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(fc.array(segment, { minLength: 1, maxLength: 5 }), end).map(([segments, last]) => segments.join('.') + last)
const isPattern = (text: string): boolean => (text.match(/\*\*|>|#/g) ?? []).length <= 2
const pattern = patternOf(fc.oneof(literal, literal, wildcard)).filter(isPattern)
const named = fc.array(literal, { minLength: 1, maxLength: 3 }).map((segments) => `${segments.join('.')}.{x}`)
const key = fc.oneof({ weight: 5, arbitrary: pattern }, { weight: 1, arbitrary: named })
const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 5 })
const subject = fc.array(literal, { minLength: 1, maxLength: 5 }).map((segments) => segments.join('.'))

const seed = 19
const numRuns = 400

const union = (texts: readonly string[]): string => texts.map((text) => `'${text}'`).join(' | ') || 'never'

it('the compiler and the subject language agree which keys match a subject, and which share one with a pattern', () => {
  const samples = fc.sample(fc.tuple(keys, pattern, subject), { seed, numRuns })
  const facts = samples.flatMap(([all, other, text]) => [
    {
      type: `KeysFound<${union(all)}, Segments<'${other}'>, 'overlaps'>`,
      found: all.filter((one) => intersects(parseTemplate(one).pattern, parseTemplate(other).pattern)),
    },
    {
      type: `KeysFound<${union(all)}, Segments<'${text}'>, 'covers'>`,
      found: all.filter((one) => matches(parseTemplate(one).pattern, parseSubject(text))),
    },
  ])
  const header = [
    "import type { KeysFound } from './types/key-tree.js'",
    "import type { Segments } from './types/segments.js'",
    // A function with a type of its own for each type: equal only if the types are.
    'type Exactly<One> = <Type>() => Type extends One ? 1 : 2',
    'export type IsSame<One, Other extends Exactly<One>> = [One, Other]',
  ]
  const program = [
    ...header,
    ...facts.map(({ type, found }, i) => `export type T${i} = IsSame<${union(found)}, Exactly<${type}>>`),
  ]
  const wrong = compile(program).map(({ line, text }) => `${program[line - 1]}: ${text}`)
  expect(wrong).toEqual([])
  expect(facts.filter(({ found }) => found.length > 0).length).toBeGreaterThan(numRuns / 2)
})

it('the compiler of this test reports a wrong answer', () => {
  const lines = [
    'type Exactly<One> = <Type>() => Type extends One ? 1 : 2',
    'export type IsSame<One, Other extends Exactly<One>> = [One, Other]',
    "export type T = IsSame<'a', Exactly<'a' | 'b'>>",
  ]
  expect(compile(lines)).toEqual([{ line: 3, text: expect.stringContaining('does not satisfy the constraint') }])
})
