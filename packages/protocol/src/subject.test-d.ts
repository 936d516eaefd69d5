import { expectTypeOf, test } from 'vitest'
import { capture } from './capture.js'
import { intersects } from './intersect.js'
import { matches } from './match.js'
import { isExact, type Pattern, parsePattern, parseSubject, type Subject } from './subject.js'
import { SubjectTree } from './subject-tree.js'

const subject = parseSubject('good.apple')
const pattern = parsePattern('good.*')

test('a plain string is neither a subject nor a pattern', () => {
  // @ts-expect-error It has not been checked.
  matches('good.*', subject)
  // @ts-expect-error It has not been checked.
  matches(pattern, 'good.apple')
  // @ts-expect-error It has not been checked.
  intersects(pattern, 'good.*')
  // @ts-expect-error Not even a template of checked parts: only parsing makes a subject.
  const longer: Subject = `${subject}.more`
  expectTypeOf(longer).toBeString()
})

test('a pattern is not a subject', () => {
  // @ts-expect-error It may hold wildcards.
  capture(pattern, pattern)
  // @ts-expect-error It may hold wildcards.
  new SubjectTree<number>().match(pattern)
  expectTypeOf<Pattern>().not.toExtend<Subject>()
})

test('a subject is the pattern that matches only itself', () => {
  expectTypeOf<Subject>().toExtend<Pattern>()
  intersects(subject, pattern)
  new SubjectTree<number>().add(subject, 1)
})

test('isExact makes a pattern without wildcards a subject', () => {
  if (isExact(pattern)) expectTypeOf(pattern).toExtend<Subject>()
})

test('a subject is also a string', () => {
  expectTypeOf<Subject>().toExtend<string>()
  expectTypeOf(capture(pattern, subject)).toEqualTypeOf<readonly string[] | undefined>()
})

test('a tree accepts no value of another type', () => {
  const tree = new SubjectTree<number>()
  // @ts-expect-error The tree holds numbers.
  tree.add(pattern, 'text')
  expectTypeOf(tree.match(subject)).toEqualTypeOf<number[]>()
})
