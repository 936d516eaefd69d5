import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonSource } from './json-source.js'

const read = (text: string) => jsonSource(text, 'wildcast.json')

it('reads everything that JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
      const text = JSON.stringify(value, null, indent)
      expect(read(text).value).toEqual(JSON.parse(text))
    }),
  )
})

it('rejects everything that JSON.parse rejects', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('', '"', '}', ',', ':', '0', 'x', '\n'), (text, at, put) => {
      const place = at % (text.length + 1)
      const broken = text.slice(0, place) + put + text.slice(place + 1)
      const valid = (parse: (text: string) => unknown): boolean => {
        try {
          parse(broken)
          return true
        } catch {
          return false
        }
      }
      expect(valid(read)).toBe(valid(JSON.parse))
    }),
  )
})

it('returns the line of every key and item', () => {
  const { lineOf } = read('\ufeff{\n"a": {\r\n  "b": [1,\n 2]},\n "c": {}}')
  expect([['a'], ['a', 'b'], ['a', 'b', 1], ['c'], ['a', 'x'], ['x']].map(lineOf)).toEqual([2, 3, 4, 5, 2, undefined])
})

it('reports duplicate keys at any depth', () => {
  const { faults } = read('{"brokers": {\n"main": 1,\n"main": 2}, "a": [{"x": 1,\n"\\u0078": 2}]}')
  expect(faults).toEqual([
    {
      path: ['brokers', 'main'],
      line: 3,
      message: '{it} is defined twice, first in line 2; rename or remove one of the two',
    },
    expect.objectContaining({ path: ['a', 0, 'x'], line: 4 }),
  ])
})

it('reads __proto__ like any other key', () => {
  expect(Object.keys(read('{"__proto__": 1}').value as object)).toEqual(['__proto__'])
})

it.each([
  ['', 'wildcast.json:1: this is not valid JSON: a value was expected here; put text in double quotes'],
  ['{"a": 1,\n}', 'wildcast.json:2: this is not valid JSON: a key in double quotes was expected here'],
  ['{a: 1}', 'wildcast.json:1: this is not valid JSON: a key in double quotes was expected here'],
  ['{1: 1}', 'wildcast.json:1: this is not valid JSON: a key in double quotes was expected here'],
  ['{"a" 1}', 'wildcast.json:1: this is not valid JSON: ":" was expected here'],
  ['{"a": 1\n"b": 2}', 'wildcast.json:2: this is not valid JSON: "," or "}" was expected here'],
  ['[1\n2]', 'wildcast.json:2: this is not valid JSON: "," or "]" was expected here'],
  ['{}\n{}', 'wildcast.json:2: this is not valid JSON: nothing more was expected here'],
  ["{'a': 1}", 'wildcast.json:1: this is not valid JSON: a key in double quotes was expected here'],
])('describes in one sentence what is wrong with %j', (text, message) => {
  expect(() => read(text)).toThrow(expect.objectContaining({ name: 'ConfigError', message }))
})

it('never shows the text around an error', () => {
  expect(() => read('{"password": "top secret" oops}')).toThrow(
    expect.objectContaining({ message: expect.not.stringMatching(/secret|oops/) }),
  )
})
