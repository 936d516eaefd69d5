import { describe, expect, it } from 'vitest'
import { isRecord, untag } from './tagged.js'

describe('untag', () => {
  it.each([
    ['Pong', { kind: 'Pong', body: undefined }],
    ['', { kind: '', body: undefined }],
    [{ Subscribe: 'a' }, { kind: 'Subscribe', body: 'a' }],
    [{ Pong: null }, { kind: 'Pong', body: null }],
    [{ toString: 1 }, { kind: 'toString', body: 1 }],
  ])('reads %j', (value, frame) => {
    expect(untag(value)).toEqual(frame)
  })

  it.each([null, undefined, 0, true, {}, [], ['Pong'], { a: 1, b: 2 }, new Uint8Array(1)])('refuses %j', (value) => {
    expect(() => untag(value)).toThrow(/exactly one kind/)
  })
})

it('isRecord refuses arrays, bytes and null', () => {
  expect([{}, Object.create(null)].every(isRecord)).toBe(true)
  expect([null, undefined, [], new Uint8Array(1), 'a', 1].some(isRecord)).toBe(false)
})
