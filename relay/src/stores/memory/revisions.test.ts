import { expect, it } from 'vitest'
import { Revisions } from './revisions.js'

const open = (wall: number, random: number): Revisions => new Revisions({ wall: () => wall, random: () => random })
const at = (wall: number, random: number): string => open(wall, random).next()

it('revisions rise over openings, also within a second', () => {
  const opened = [at(1_000, 0.9), at(1_001, 0.1), at(1_999, 0.9), at(2_000, 0)]
  expect(opened).toEqual([...new Set(opened)].sort())
})

it('revisions of openings in one millisecond differ', () => {
  expect(at(1_001, 0.1)).not.toBe(at(1_001, 0.2))
})

it('revisions of one opening rise', () => {
  const numbers = open(0, 0.5)
  const all = Array.from({ length: 100 }, () => numbers.next())
  expect(all).toEqual([...new Set(all)].sort())
  expect(numbers.newest).toBe(all.at(-1))
})

it('a store knows its own numbers, not those of another opening, nor later ones', () => {
  const numbers = open(2_000, 0.5)
  const before = numbers.newest
  const first = numbers.next()
  expect([before, first, numbers.newest].map((number) => numbers.isKnown(number))).toEqual([true, true, true])
  const strangers = [at(1_000, 0.5), at(3_000, 0.5), first.replace(/1$/, '2'), first.replace(/..-/, 'zz-')]
  expect(strangers.map((number) => numbers.isKnown(number))).toEqual([false, false, false, false])
})
