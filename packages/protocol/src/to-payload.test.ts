import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { toPayload } from './to-payload.js'

const cyclic: Record<string, unknown> = {}
cyclic.self = cyclic
let deep: unknown = null
for (let i = 0; i < 100_000; i++) deep = [deep]
class Price {
  readonly amount = 3
  readonly currency = '€'
}

describe('text', () => {
  it('stays unchanged', () => expect(toPayload('ä😀\ufeff')).toBe('ä😀\ufeff'))
  it.each(['\ud83d', 'a\ude00', '😀\ud83d'])('with a lone surrogate is a TypeError', (text) => {
    expect(() => toPayload(text)).toThrow(TypeError)
    expect(() => toPayload(text)).toThrow(/lone surrogate.*toWellFormed/)
  })
})

describe('bytes', () => {
  const bytes = Uint8Array.of(1, 2, 3)
  const shared = new SharedArrayBuffer(3)
  new Uint8Array(shared).set(bytes)
  it.each<[string, unknown]>([
    ['a Uint8Array', bytes],
    ['a part of a buffer', new Uint8Array(Uint8Array.of(0, 1, 2, 3, 4).buffer, 1, 3)],
    ['an ArrayBuffer', bytes.buffer],
    ['a DataView', new DataView(bytes.buffer)],
    ['a SharedArrayBuffer', shared],
    ['a view of a SharedArrayBuffer', new Uint8Array(shared)],
    ['an ArrayBuffer of another realm', runInNewContext('Uint8Array.of(1, 2, 3).buffer')],
    ['a Uint8Array of another realm', runInNewContext('Uint8Array.of(1, 2, 3)')],
  ])('of %s are copied', (_, data) => {
    const payload = toPayload(data)
    expect(payload).toEqual(bytes)
    expect((payload as Uint8Array).buffer).toBeInstanceOf(ArrayBuffer)
    expect(payload).not.toBe(data)
  })
})

describe('JSON', () => {
  it.each<[unknown, string]>([
    [null, 'null'],
    [true, 'true'],
    [-1.5, '-1.5'],
    [[1, 'two', { three: null }], '[1,"two",{"three":null}]'],
    [{ gone: undefined, kept: 0 }, '{"kept":0}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [{ at: new Date(0) }, '{"at":"1970-01-01T00:00:00.000Z"}'],
    [new Price(), '{"amount":3,"currency":"€"}'],
    [Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
    [new URL('ws://relay.test/ws'), '"ws://relay.test/ws"'],
    [{ toJSON: () => [1] }, '[1]'],
    [runInNewContext('({ a: [1] })'), '{"a":[1]}'],
    ['x'.repeat(0), ''],
    [{ text: 'emoji 😀, a backslash \\ud800, \u0001' }, '{"text":"emoji 😀, a backslash \\\\ud800, \\u0001"}'],
    [Object('boxed'), '"boxed"'],
  ])('%o is %s', (data, text) => expect(toPayload(data)).toBe(text))
  it('undefined becomes an empty text', () => expect(toPayload(undefined)).toBe(''))
})

it('an object that toJSON turns into undefined is a TypeError', () =>
  expect(() => toPayload({ toJSON: () => undefined })).toThrow(TypeError))

describe('a value that JSON would lose or change is a TypeError that names the remedy', () => {
  const cases: [string, unknown, RegExp][] = [
    ['a Map', new Map([['a', 1]]), /Map: send .*plain objects/],
    ['a Set', new Set([1]), /Set: send .*arrays/],
    ['a WeakMap', new WeakMap(), /WeakMap/],
    ['an Error', Object.assign(new RangeError('x'), { code: 'E' }), /Error: send/],
    ['a DOMException', new DOMException('x'), /DOMException/],
    ['a Blob', new Blob(['x']), /Blob: send .*bytes/],
    ['a Promise', Promise.resolve(1), /Promise/],
    ['a RegExp', /x/, /RegExp/],
    ['a FormData', new FormData(), /FormData/],
    ['a bigint', 1n, /BigInt/],
    ['a function', () => 1, /Function/],
    ['a symbol', Symbol('x'), /Symbol/],
    ['NaN', Number.NaN, /NaN.*null/],
    ['Infinity', Number.NEGATIVE_INFINITY, /-Infinity.*null/],
    ['an invalid Date', new Date(Number.NaN), /Invalid Date: send .*null/],
    ['a cycle', cyclic, /cycle/],
    ['a value nested 100,000 deep', deep, /depth/],
    ['a Map of another realm', runInNewContext('new Map()'), /Map/],
    [
      'an object that throws when it is read',
      {
        get a(): never {
          throw new Error('no')
        },
      },
      /JSON/,
    ],
  ]
  it.each(cases)('%s', (_, data, message) => {
    expect(() => toPayload(data)).toThrow(TypeError)
    expect(() => toPayload(data)).toThrow(message)
  })
  it.each([
    ...cases,
    ['bytes', Uint8Array.of(1), /Uint8Array/],
    ['a buffer', new ArrayBuffer(1), /ArrayBuffer/],
  ] as const)('%s inside an object or array', (_, data, message) => {
    expect(() => toPayload({ items: [data] })).toThrow(message)
  })
  it.each([{ text: '\ud800' }, { '\udc00': 1 }, ['a\\\ud83d']])('a lone surrogate inside %j', (data) => {
    expect(() => toPayload(data)).toThrow(TypeError)
    expect(() => toPayload(data)).toThrow(/lone surrogate.*toWellFormed/)
  })
})
