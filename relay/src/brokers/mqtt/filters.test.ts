import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FilterTree } from './filter-tree.js'
import { overlap, prefixCover } from './filters.js'

describe('two filters', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/b', 'a', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+', 'a/b/c', false],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'b', false],
    ['+/b', 'a/+', true],
    ['+/b', 'a/+/c', false],
    ['#', 'a/b', true],
    ['#', '+', true],
    ['a/b/#', 'a/+', true],
    ['a/+/c', '+/b/#', true],
    ['/a', '+/a', true],
    ['a/', 'a/+', true],
    ['$share/g/a/+', 'a/b', true],
    ['$share/g/a', '$share/h/a', true],
    ['$share/g/a', '$share/g/b', false],
    ['#', '$SYS/x', false],
    ['$SYS/x', '+/x', false],
    ['$SYS/+', '$SYS/x', true],
  ])('%s and %s overlap: %s', (a, b, expected) => {
    expect(overlap(a, b)).toBe(expected)
    expect(overlap(b, a)).toBe(expected)
  })
})

it('a filter is widened to all topics with its first level', () => {
  expect(['a/b', 'a', 'a/#', '+/a', '#', '/a'].map(prefixCover)).toEqual(['a/#', 'a/#', 'a/#', '#', '#', '/#'])
})

const level = fc.constantFrom('a', 'b', '')
const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'))
const filters = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([levels, all]) => [...levels, ...(all ? ['#'] : [])].join('/'))

it('a tree finds the same filters by topic and by filter as a comparison with each', () => {
  fc.assert(
    fc.property(fc.array(filters, { maxLength: 8 }), fc.array(topics), filters, (added, lookups, other) => {
      const tree = new FilterTree<string>()
      const kept: string[] = []
      for (const filter of added)
        if (!kept.some((one) => overlap(one, filter))) {
          kept.push(filter)
          tree.set(filter, filter)
        }
      for (const removed of kept.splice(0, 2)) tree.delete(removed)
      for (const topic of lookups) expect(tree.find(topic)).toBe(kept.find((filter) => overlap(filter, topic)))
      expect(tree.overlaps(other)).toBe(kept.some((filter) => overlap(filter, other)))
    }),
    { numRuns: 3000 },
  )
})
