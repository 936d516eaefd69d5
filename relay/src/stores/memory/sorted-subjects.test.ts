import type { Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SortedSubjects } from './sorted-subjects.js'

const name = fc.string({ minLength: 1, maxLength: 4, unit: 'binary' }) as fc.Arbitrary<Subject>

it('iterates in the order of texts from any text on, after any adds and deletes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), name)), name, (steps, least) => {
      const sorted = new SortedSubjects()
      const model = new Set<Subject>()
      for (const [adds, subject] of steps) {
        if (adds && !model.has(subject)) sorted.add(subject)
        if (!adds) sorted.delete(subject)
        if (adds) model.add(subject)
        else model.delete(subject)
      }
      const all = [...model].sort()
      expect([...sorted.from('')]).toEqual(all)
      expect([...sorted.from(least)]).toEqual(all.filter((subject) => subject >= least))
    }),
  )
})

it('keeps thousands of subjects in order, and none after all are deleted', () => {
  const sorted = new SortedSubjects()
  const all = Array.from({ length: 5000 }, (_, i) => `key.${(i * 7919) % 5000}` as Subject)
  for (const subject of all) sorted.add(subject)
  expect([...sorted.from('')]).toEqual([...all].sort())
  const left = all.filter((_, i) => i % 3 === 0)
  for (const subject of all.filter((_, i) => i % 3 !== 0)) sorted.delete(subject)
  expect([...sorted.from('')]).toEqual([...left].sort())
  for (const subject of left) sorted.delete(subject)
  expect([...sorted.from('')]).toEqual([])
})
