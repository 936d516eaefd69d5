import type { JsonValue } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseFilter } from './filter.js'

const nested = (levels: number): JsonValue => (levels === 0 ? 1 : [nested(levels - 1)])
const anyJson = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>
const matches = (filter: JsonValue, payload: string | Uint8Array): boolean => parseFilter(filter).matches(payload)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a filter', () => {
  it.each<[row: string, filter: JsonValue, payload: string | Uint8Array]>([
    ['FX-FLT-1', { type: 'post' }, '{"type":"post","x":1}'],
    ['FX-FLT-2', { a: { b: 1 } }, '{"a":{"b":1,"c":2}}'],
    ['FX-FLT-3', { n: 1 }, '{"n":"1"}'],
    ['FX-FLT-3', { n: '1' }, '{"n":1}'],
    ['', null, 'null'],
    ['', { a: null }, '{"a":null}'],
    ['', 5, ' 5 '],
    ['', 5, bytes('5')],
    ['', {}, '{"a":1}'],
    ['', [1, { a: 2 }], '[1,{"a":2,"b":3}]'],
    ['the last of equal names counts', { a: 2 }, '{"a":1,"a":2}'],
    ['', JSON.parse('{"__proto__":{"a":1}}'), '{"__proto__":{"a":1}}'],
    ['', [1, 2], '[1,2]'],
  ])('%s: %j matches %s', (_, filter, payload) => expect(matches(filter, payload)).toBe(true))

  it.each<[row: string, filter: JsonValue, payload: string | Uint8Array]>([
    ['FX-FLT-1', { type: 'post' }, '{"type":"get"}'],
    ['FX-FLT-5', { type: 'x' }, '"string"'],
    ['FX-FLT-5', { type: 'x' }, 'string'],
    ['FX-FLT-5', { length: 6 }, '"string"'],
    ['FX-FLT-6', { type: 'x' }, 'null'],
    ['an array has equal length', [1], '[1,2]'],
    ['', { a: 1 }, '[1]'],
    ['', { 0: 1 }, '[1]'],
    ['', [], '{}'],
    ['', { a: 1 }, '{"a":"1.0"}'],
    ['', { a: true }, '{"a":"true"}'],
    ['', { a: null }, '{}'],
    ['', null, ''],
    ['', null, 'NULL'],
    ['', {}, ''],
    ['', {}, '{"a":1'],
    ['', { toString: 'x' }, '{}'],
    ['', { constructor: { name: 'Object' } }, '{}'],
    ['', JSON.parse('{"__proto__":{}}'), '{}'],
    ['', {}, Uint8Array.of(0x7b, 0xff, 0x7d)],
    ['no JSON is deeper than 32', {}, `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
    ['', {}, '['.repeat(1_000_000)],
    ['no JSON has more than 10,000 values', {}, `{"a":[${Array(11_000).fill('{}')}]}`],
  ])('%s: %j does not match %.60s', (_, filter, payload) => expect(matches(filter, payload)).toBe(false))

  it.each<[JsonValue, JsonValue]>([
    [
      { a: 1, b: { c: 2, d: 3 } },
      { b: { d: 3, c: 2 }, a: 1 },
    ],
    [{ a: 1 }, { a: '1' }],
    [0, -0],
    [
      { 10: 1, 9: 1 },
      { 9: 1, 10: 1 },
    ],
  ])('%j has the key of %j', (one, other) => expect(parseFilter(one).key).toBe(parseFilter(other).key))

  it.each<[JsonValue, JsonValue]>([
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: true }, { a: 'true' }],
    [null, 'null'],
    [{}, []],
    [1, '1.0'],
    [{ a: { b: 1 } }, { 'a.b': 1 }],
  ])('%j has another key than %j', (one, other) => expect(parseFilter(one).key).not.toBe(parseFilter(other).key))

  it('matches itself, and what its key matches', () => {
    fc.assert(
      fc.property(anyJson, (json) => {
        fc.pre(JSON.stringify(json).length < 200)
        const filter = parseFilter(json)
        expect(filter.matches(JSON.stringify(json))).toBe(true)
        expect(parseFilter(JSON.parse(filter.key)).key).toBe(filter.key)
      }),
    )
  })

  it('has at most 1,024 bytes of UTF-8', () => {
    const longest = 'é'.repeat(511)
    expect(matches(longest, JSON.stringify(longest))).toBe(true)
    expect(() => parseFilter(`${longest}x`)).toThrow(
      expect.objectContaining({
        code: 'too_large',
        message: expect.stringMatching(/"filter" .*1024 bytes; name less/),
      }),
    )
  })

  it('has at most 8 levels', () => {
    expect(parseFilter(nested(8)).key).toBe('[[[[[[[["1"]]]]]]]]')
    expect(() => parseFilter(nested(9))).toThrow(expect.objectContaining({ code: 'too_large' }))
  })
})
