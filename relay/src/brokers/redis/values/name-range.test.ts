import { matches, parsePattern, parseSubject } from '@wildcast/protocol'
import { expect, it } from 'vitest'
import { nameRange } from './name-range.js'

const names = ['a', 'a!', 'a-b', 'a.b', 'a.b-c', 'a.b.c', 'a.b.c.d', 'a.bc', 'a:', 'ab', 'b', 'ü', '😀'].map(
  parseSubject,
)

/** Whether `ZRANGEBYLEX` finds a name. */
function isFound(name: string, { low, high }: { readonly low: string; readonly high: string }): boolean {
  const compared = (bound: string): number => Buffer.compare(Buffer.from(name), Buffer.from(bound.slice(1)))
  const isAbove = low === '-' || compared(low) > 0 || (low[0] === '[' && compared(low) === 0)
  const isBelow = high === '+' || compared(high) < 0 || (high[0] === '[' && compared(high) === 0)
  return isAbove && isBelow
}

it.each(['a', 'a.b', 'a.*', 'a.**', 'a.*.**', 'a.b.**', 'a.b.*', 'a.*.c', '*', '**', '*.b', 'ü', 'ü.**', 'a!.**'])(
  'covers all names that %s matches',
  (text) => {
    const pattern = parsePattern(text)
    const found = names.filter((name) => isFound(name, nameRange(pattern, undefined)))
    const wanted = names.filter((name) => matches(pattern, name))
    expect(wanted.filter((name) => !found.includes(name))).toEqual([])
  },
)

it('leaves out most of the other names', () => {
  const found = (text: string) => names.filter((name) => isFound(name, nameRange(parsePattern(text), undefined)))
  expect(found('a.b')).toEqual(['a.b'])
  expect(found('a.b.**')).toEqual(['a.b', 'a.b-c', 'a.b.c', 'a.b.c.d'])
})

it('begins after a name', () => {
  const range = nameRange(parsePattern('a.**'), parseSubject('a.b'))
  expect(names.filter((name) => isFound(name, range))).toEqual(['a.b-c', 'a.b.c', 'a.b.c.d', 'a.bc'])
})
