import { WildcastError } from '@wildcast/client'
import { expect, it } from 'vitest'
import { fill } from './fill.js'

it.each([
  ['good.apple', [], 'good.apple'],
  ['good.*', ['pear'], 'good.pear'],
  ['*.b.*', ['a', 'c'], 'a.b.c'],
])('fills %s with %j', (pattern, params, subject) => {
  expect(fill(pattern, params)).toBe(subject)
})

it.each([
  ['good.*', []],
  ['good.apple', ['x']],
  ['good.*', ['a.b']],
  ['good.*', ['']],
  ['good.*', ['*']],
  ['good.**', []],
  ['good.>', []],
])('refuses %s with %j, and names the remedy', (pattern, params) => {
  expect(() => fill(pattern, params)).toThrow(WildcastError)
  expect(() => fill(pattern, params)).toThrow('one segment for each "*"')
})
