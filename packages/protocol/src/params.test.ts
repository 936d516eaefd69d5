import { expect, test } from 'vitest'
import { capture } from './capture.js'
import type { Params } from './params.js'
import { parsePattern, parseSubject } from './subject.js'

/** A pattern, and the number of its params that the compiler infers. */
const typed = <const Text extends string>(pattern: Text, length: Params<Text>['length'] & number): [string, number] => [
  pattern,
  length,
]

test.each([
  typed('a.b.c.d', 0),
  typed('*.b.*.d', 2),
  typed('a.**', 1),
  typed('a.**.**', 1),
  typed('a.**.*', 2),
  typed('a.**.*.d', 2),
  typed('**.c.**', 2),
  typed('a.#', 1),
  typed('a.>', 2),
  typed('a.**.>', 2),
  typed('>', 2),
])('%s has as many params as its type', (pattern, length) => {
  expect(capture(parsePattern(pattern), parseSubject('a.b.c.d'))).toHaveLength(length)
})
