import { describe, expect, it } from 'vitest'
import { type HeadersInput, toHeaders } from './to-headers.js'

const pairs = [
  ['link', '/a'],
  ['trace', '1'],
  ['link', '/b'],
] as const

describe('headers that a caller passes', () => {
  it.each([
    ['an object', { link: ['/a', '/b'], trace: '1' }, [pairs[0], pairs[2], pairs[1]]],
    ['a Map', new Map(Object.entries({ trace: ['1'], link: ['/a', '/b'] })), [pairs[1], pairs[0], pairs[2]]],
    ['pairs', pairs, pairs],
    ['an iterator', pairs.values(), pairs],
    ['nothing', undefined, undefined],
    ['null', null, undefined],
    ['an empty object', {}, undefined],
    ['an empty Map', new Map(), undefined],
  ])('may be %s', (_, given, headers) => {
    expect(toHeaders(given)).toEqual(headers)
  })

  it('are copied', () => {
    const given: [string, string][] = [['trace', '1']]
    const headers = toHeaders(given)
    for (const pair of given) pair[1] = '2'
    given.push(['trace', '3'])
    expect(headers).toEqual([['trace', '1']])
  })

  it.each<[string, unknown]>([
    ['a number', 7],
    ['a text', 'trace: 1'],
    ['a list of names', ['trace']],
    ['a name without a value', [['trace']]],
    ['no values', { trace: [] }],
    ['a list in a list', { trace: [['1']] }],
    ['undefined', { trace: undefined }],
    ['a number among the values', { trace: ['1', 2] }],
    ['a symbol as a name', new Map([[Symbol('trace'), '1']])],
    ['a name that is not a token', { 'a b': '1' }],
    ['a line break', { trace: ['1', 'a\r\nb'] }],
  ])('must not be or contain %s', (_, given) => {
    expect(() => toHeaders(given as HeadersInput)).toThrow(TypeError)
  })
})
