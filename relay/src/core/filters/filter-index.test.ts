import type { JsonValue } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFilter } from './filter.js'
import { FilterIndex } from './filter-index.js'
import { jsonOf } from './json-condition.js'

/** Small, so that filters and payloads often match. */
const { part } = fc.letrec<{ part: JsonValue }>((tie) => ({
  part: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<JsonValue>(0, 1, '1', true, 'true', null, 'null', ''),
    fc.array(tie('part'), { maxLength: 2 }) as fc.Arbitrary<JsonValue>,
    fc.dictionary(fc.constantFrom('a', 'b', '0', '__proto__'), tie('part'), { maxKeys: 3 }) as fc.Arbitrary<JsonValue>,
  ),
}))

/** An item that counts the tests of its filter. */
function counted(condition: JsonValue) {
  const filter = parseFilter(condition)
  const tests = { count: 0 }
  const matchesJson = (json: unknown): boolean => {
    tests.count++
    return filter.matchesJson(json)
  }
  return { filter: { condition: filter.condition, matchesJson }, tests }
}

function filled(conditions: readonly JsonValue[]) {
  const index = new FilterIndex<ReturnType<typeof counted>>()
  const items = conditions.map(counted)
  for (const item of items) index.add(item)
  return { index, items }
}

describe('an index of filters', () => {
  it('finds the filters that a test of each finds, whatever was removed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(part, fc.boolean()), { maxLength: 12 }), part, (wanted, payload) => {
        const { index, items } = filled(wanted.map(([condition]) => condition))
        const kept = items.filter((item, i) => {
          if (wanted[i]?.[1]) return true
          index.remove(item)
          return false
        })
        const json = jsonOf(JSON.stringify(payload))
        const expected = kept.filter(({ filter }) => filter.matchesJson(json))
        expect(new Set(index.matching(json))).toEqual(new Set(expected))
      }),
      { numRuns: 500 },
    )
  })

  it.each<[string, (i: number) => JsonValue]>([
    ['of one member', (i) => ({ id: i })],
    ['whose first member is equal', (i) => ({ kind: 'order', user: `u${i}` })],
    ['without a scalar', (i) => ({ kind: {}, [`m${i}`]: i % 2 ? {} : [] })],
    [
      'that begin with many equal members',
      (i) => ({
        ...Object.fromEntries(
          Array(60)
            .fill(0)
            .map((_, k) => [`m${k}`, k]),
        ),
        z: i,
      }),
    ],
    ['of nested members', (i) => ({ a: { kind: 'order', list: [{ user: i }] } })],
  ])('tests few of many filters %s', (_, conditionOf) => {
    const { index, items } = filled(Array.from({ length: 1000 }, (_, i) => conditionOf(i)))
    expect(index.matching(jsonOf(JSON.stringify(conditionOf(500))))).toEqual([items[500]])
    expect(items.reduce((sum, { tests }) => sum + tests.count, 0)).toBeLessThan(70)
  })

  it('keeps nothing of removed filters', () => {
    const { index, items } = filled([{ a: 1 }, { a: 1, b: 2 }, {}, null])
    for (const item of items) index.remove(item)
    for (const item of items) index.remove(item)
    expect(index.isEmpty).toBe(true)
  })
})
