import { describe, expect, it } from 'vitest'
import { issueText } from './issue-text.js'

describe('issueText', () => {
  it.each([
    ['Invalid type: Expected number but received "abcdef"', ['price'], '"price": Invalid type: Expected number'],
    [
      'Invalid key: Expected "price" but received undefined',
      ['price'],
      '"price": Invalid key: Expected "price" but received undefined',
    ],
    ['Invalid email: Received "abcdef"', ['price'], '"price": Invalid email'],
    ['price must be a number (was "abcdef")', ['price'], '"price" must be a number'],
    ['price must be a number (was missing)', ['price'], '"price" must be a number (was missing)'],
    ['must be an object (was a string)', [], 'must be an object'],
    ['the name abcdef is taken', ['price'], '"price": must fit the schema'],
    ['the name abcdef is taken', [], 'must fit the schema'],
    ['12345 is too much', ['count'], '"count": must fit the schema'],
    ['', ['price'], '"price": must fit the schema'],
    ['odd', ['no', 'such', Symbol('part')], '"no.such.Symbol(part)": odd'],
  ])('of %j at %j names the path and no data', (message, path, text) => {
    expect(issueText([{ message, path }], { price: 'abcdef', count: 12345 })).toBe(text.replace(': must', ' must'))
  })

  it.each([
    ['Unrecognized key: "diagnosis"', []],
    ['Unrecognized keys: "id", "diagnosis"', []],
    ["'diagnosis' is not allowed", ['name']],
    ['must not be hunter2', ['name']],
    ['must not be 4711', ['items', 0]],
  ])('of %j at %j repeats no key and no value from beside its path', (message, path) => {
    const data = { id: 4711, name: 'x', diagnosis: 'hunter2', items: [7] }
    expect(issueText([{ message, path }], data)).toMatch(/must fit the schema$/)
  })

  it('repeats the key of its path, and words that are only parts of the data', () => {
    const data = { price: 'x', type: 'num', note: 'expected' }
    expect(issueText([{ message: 'Invalid type: "price" is no number', path: ['price'] }], data)).toBe(
      '"price": Invalid type: "price" is no number',
    )
  })

  it('is short, and has no part of long data', () => {
    const secret = 'hunter2'.repeat(1000)
    const path = ['x'.repeat(5000)]
    const text = issueText([{ message: `the name ${secret} is taken`, path }], { [String(path)]: secret })
    expect(text).toBe(`"${'x'.repeat(200)}" must fit the schema`)
  })

  it('reads a long message once', () => {
    const message = 'x (was '.repeat(200_000)
    expect(issueText([{ message }], {})).toBe('x')
  })

  it('ends for data that contains itself, and reads no bytes', () => {
    const data: Record<string, unknown> = { bytes: new Uint8Array(1_000_000) }
    data['self'] = data
    expect(issueText([{ message: 'odd' }], data)).toBe('odd')
  })

  it('of no issue is a sentence', () => expect(issueText([], 1)).toBe('must fit the schema'))
})
