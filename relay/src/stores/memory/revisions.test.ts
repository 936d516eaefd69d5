import { expect, it } from 'vitest'
import { revisions } from './revisions.js'

const at = (wall: number, random: number) => revisions({ wall: () => wall, random: () => random })()

it('revisions rise over openings, also within a second', () => {
  const opened = [at(1_000, 0.9), at(1_001, 0.1), at(1_999, 0.9), at(2_000, 0)]
  expect(opened).toEqual([...new Set(opened)].sort())
})

it('revisions of openings in one millisecond differ', () => {
  expect(at(1_001, 0.1)).not.toBe(at(1_001, 0.2))
})

it('revisions of one opening rise', () => {
  const next = revisions({ wall: () => 0, random: () => 0.5 })
  const all = Array.from({ length: 100 }, next)
  expect(all).toEqual([...new Set(all)].sort())
})
