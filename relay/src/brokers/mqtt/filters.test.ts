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
    expect([overlap(a, b), overlap(b, a)]).toEqual([expected, expected])
  })
})

it('the widest filter of a first level covers all that begins with it', () => {
  expect(['a/b', 'a', 'a/#', '+/a', '#', '/a'].map(prefixCover)).toEqual(['a/#', 'a/#', 'a/#', '#', '#', '/#'])
})

const level = fc.constantFrom('a', 'b', '')
const topics = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'))
const filters = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([levels, all]) => [...levels, ...(all ? ['#'] : [])].join('/'))

it('a tree knows by topic, and by filter, what a look at each filter finds', () => {
  fc.assert(
    fc.property(fc.array(filters, { maxLength: 8 }), fc.array(topics), filters, (wanted, asked, further) => {
      const tree = new FilterTree<string>()
      const held: string[] = []
      for (const filter of wanted)
        if (!held.some((other) => overlap(other, filter))) {
          held.push(filter)
          tree.set(filter, filter)
        }
      for (const gone of held.splice(0, 2)) tree.delete(gone)
      for (const topic of asked) expect(tree.find(topic)).toBe(held.find((filter) => overlap(filter, topic)))
      expect(tree.meets(further)).toBe(held.some((filter) => overlap(filter, further)))
    }),
    { numRuns: 3000 },
  )
})
