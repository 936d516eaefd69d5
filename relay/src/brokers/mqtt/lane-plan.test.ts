import fc from 'fast-check'
import { expect, it } from 'vitest'
import { overlap } from './filters.js'
import { placementOf, plainLanes } from './lane-plan.js'

const place = (filters: readonly string[]): string[][] => {
  const lanes: string[][] = []
  for (const filter of filters) {
    const at = placementOf(filter, (lane) => lanes[lane]?.some((other) => overlap(other, filter)) ?? false)
    if (!at) continue
    lanes[at.lane] ??= []
    if (!lanes[at.lane]?.includes(at.filter)) lanes[at.lane]?.push(at.filter)
  }
  return Array.from(lanes, (lane) => lane ?? [])
}

it('filters that do not overlap share the first lane, and others get more lanes', () => {
  expect(place(['a/b', 'b/+', 'c/#', 'a/#', '+/c', 'd', '#'])).toEqual([
    ['a/b', 'b/+', 'c/#', 'd'],
    ['a/#'],
    ['+/c'],
    ['#'],
  ])
})

it('beyond the plain lanes a filter is widened to its first level, and then to all topics', () => {
  const nested = Array.from({ length: plainLanes }, (_, i) => `${'a/'.repeat(i)}#`).concat('a/'.repeat(20), '+/#')
  const lanes = place([...nested, 'b/c'])
  expect(lanes.slice(plainLanes)).toEqual([['a/#'], ['#']])
  expect(lanes[1]).toEqual(['a/#', 'b/c'])
})

it('a share is never widened', () => {
  expect(placementOf('$share/x/a', () => true)).toBeUndefined()
  expect(placementOf('$share/x/a', (lane) => lane < 3)).toEqual({ lane: 3, filter: '$share/x/a' })
})

it('the filters of a lane never overlap', () => {
  const level = fc.constantFrom('a', 'b', '+')
  const filter = fc
    .tuple(fc.array(level, { minLength: 1, maxLength: 4 }), fc.boolean())
    .map(([levels, all]) => [...levels, ...(all ? ['#'] : [])].join('/'))
  fc.assert(
    fc.property(fc.array(filter, { maxLength: 60 }), (filters) => {
      for (const lane of place([...new Set(filters)]))
        for (const [i, one] of lane.entries())
          for (const other of lane.slice(i + 1)) expect(overlap(one, other)).toBe(false)
    }),
  )
})
