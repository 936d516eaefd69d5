import { expect, it } from 'vitest'
import { valuesOf, withHeader } from './headers.js'

const headers = [
  ['trace', '1'],
  ['path', 'a'],
  ['trace', ''],
] as const

it('valuesOf returns the values of a name in order', () => {
  expect(valuesOf(headers, 'trace')).toEqual(['1', ''])
  expect(valuesOf(headers, 'Trace')).toEqual([])
  expect(valuesOf(undefined, 'trace')).toEqual([])
})

it('withHeader replaces all values of a name', () => {
  expect(withHeader(headers, 'trace', '2')).toEqual([
    ['path', 'a'],
    ['trace', '2'],
  ])
  expect(withHeader(undefined, 'trace', '2')).toEqual([['trace', '2']])
})
