import { type JsonValue, payloadSize } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conditionText, contains, jsonOf } from './json-condition.js'

const nested = (levels: number): JsonValue =>
  levels === 0 ? 1 : levels % 2 ? [nested(levels - 1)] : { a: nested(levels - 1) }
const anyJson = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<JsonValue>
const copy = (value: JsonValue): JsonValue => JSON.parse(JSON.stringify(value))

describe('a value contains a condition', () => {
  it.each<[value: unknown, condition: JsonValue]>([
    [1, 1],
    [-0, 0],
    [true, true],
    [null, null],
    ['', ''],
    [1, '1'],
    ['1', 1],
    ['1.5e+300', 1.5e300],
    [{ a: 1, b: 2 }, {}],
    [{ a: 1, b: 2 }, { b: 2 }],
    [{ a: { b: [1, { c: 2, d: 3 }] } }, { a: { b: [1, { c: 2 }] } }],
    [[], []],
    [
      [1, [2]],
      [1, ['2']],
    ],
    [{ a: null }, { a: null }],
    [JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}')],
  ])('%j contains %j', (value, condition) => expect(contains(value, condition)).toBe(true))

  it.each<[value: unknown, condition: JsonValue]>([
    [1, 2],
    [1, true],
    [0, false],
    [0, null],
    ['', null],
    ['', 0],
    ['1.0', 1],
    [' 1', 1],
    ['01', 1],
    ['null', Number.NaN],
    [Number.POSITIVE_INFINITY, 'null'],
    ['true', true],
    ['null', null],
    ['a', 'A'],
    [{}, []],
    [[], {}],
    [[1, 2], [1]],
    [[1], [1, 2]],
    [
      [1, 2],
      [2, 1],
    ],
    ['ab', ['a', 'b']],
    ['ab', { length: 2 }],
    [[1], { 0: 1 }],
    [[1], { length: 1 }],
    [{}, { a: null }],
    [{}, { toString: {} }],
    [{}, JSON.parse('{"__proto__":{}}')],
    [null, {}],
    [1, {}],
    [{ a: [{ b: 1 }] }, { a: { b: 1 } }],
  ])('%j does not contain %j', (value, condition) => expect(contains(value, condition)).toBe(false))

  it('if it is the same', () => {
    fc.assert(fc.property(anyJson, (value) => contains(copy(value), value)))
  })

  it('if members are added, at any level, but not if one is missing', () => {
    const more = (value: JsonValue): JsonValue => {
      if (Array.isArray(value)) return value.map(more)
      if (typeof value !== 'object' || value === null) return value
      return { ...Object.fromEntries(Object.entries(value).map(([name, part]) => [name, more(part)])), 'one more': 1 }
    }
    const isPlain = (value: JsonValue): boolean => !JSON.stringify(value).includes('one more')
    fc.assert(
      fc.property(anyJson.filter(isPlain), (condition) => {
        const value = more(condition)
        expect(contains(value, condition)).toBe(true)
        expect(contains(condition, value)).toBe(JSON.stringify(value) === JSON.stringify(condition))
      }),
    )
  })

  it('if numbers and their texts are exchanged', () => {
    const texts = (value: JsonValue): JsonValue => {
      if (typeof value === 'number') return JSON.stringify(value)
      if (Array.isArray(value)) return value.map(texts)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, texts(part)]))
    }
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(contains(texts(value), copy(value))).toBe(true)
        expect(contains(copy(value), texts(value))).toBe(true)
      }),
    )
  })

  it('only if every scalar of the condition is in the value', () => {
    const scalars = (value: JsonValue): string[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(scalars) : [String(value)]
    fc.assert(
      fc.property(anyJson, anyJson, (value, condition) => {
        if (!contains(value, condition)) return
        expect(new Set(scalars(value))).toEqual(new Set([...scalars(value), ...scalars(condition)]))
      }),
    )
  })
})

describe('the JSON of a payload', () => {
  it.each(['', ' ', 'nonsense', '{"a":1', '\ufeff1', '1 2', 'undefined', '[1,]'])('does not exist for %j', (text) => {
    expect(jsonOf(text)).toBeUndefined()
  })

  it('does not exist for bytes that are not UTF-8', () =>
    expect(jsonOf(Uint8Array.of(0x22, 0xff, 0x22))).toBeUndefined())

  it('does not exist for a long payload', () => {
    expect(jsonOf('['.repeat(500_000) + ']'.repeat(500_000))).toBeUndefined()
    expect(jsonOf(JSON.stringify(Array(10_000).fill({})))).toBeUndefined()
    expect(jsonOf(JSON.stringify(Array(9_000).fill(null)))).toHaveLength(9_000)
  })

  it('is read from text and from bytes', () => {
    for (const payload of ['{"a":"ä"}', new TextEncoder().encode('{"a":"ä"}')])
      expect(jsonOf(payload)).toEqual({ a: 'ä' })
  })

  it('contains an array of small numbers, however it is written', () => {
    const numbers = Array.from({ length: 200 }, (_, i) => i)
    expect(contains(jsonOf(JSON.stringify(numbers, undefined, 10)), numbers)).toBe(true)
  })

  it('is read from any bytes without an exception', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void jsonOf(bytes)))
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void jsonOf(text)))
  })
})

describe('the text of a condition', () => {
  it('has 1,024 bytes of UTF-8 at most', () => {
    expect(payloadSize(conditionText('ä'.repeat(511)))).toBe(1024)
    expect(() => conditionText(`x${'ä'.repeat(511)}`)).toThrow(expect.objectContaining({ code: 'too_large' }))
  })

  it('has 8 levels at most', () => {
    expect(conditionText(nested(8))).toBe(JSON.stringify(nested(8)))
    expect(() => conditionText(nested(9))).toThrow(expect.objectContaining({ code: 'too_large' }))
  })
})
