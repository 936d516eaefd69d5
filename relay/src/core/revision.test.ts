import { expect, it } from 'vitest'
import { mostOfTerm, revisionOf, termAfter } from './revision.js'

const now = 1_796_000_000

it('later changes of a term have greater texts of the same length', () => {
  const term = termAfter(undefined, now, 0.5)
  const counts = [1, 2, 35, 36, 1295, 1296, 10 ** 9, mostOfTerm]
  const revisions = counts.map((count) => revisionOf(term, count))
  expect(revisions).toEqual([...revisions].sort())
  expect(new Set(revisions.map(({ length }) => length)).size).toBe(1)
})

it('a later term is greater, also if the clock of the store went back', () => {
  const first = termAfter(undefined, now, 0.9)
  const second = termAfter(first, now - 3600, 0)
  const third = termAfter(second, now + 60, 0)
  expect([first, second, third]).toEqual([first, second, third].sort())
  expect(revisionOf(first, mostOfTerm) < revisionOf(second, 1)).toBe(true)
})

it('two histories that begin in the same second differ', () => {
  expect(termAfter(undefined, now, 0.1)).not.toBe(termAfter(undefined, now, 0.2))
})
