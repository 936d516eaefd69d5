import { expect, it } from 'vitest'
import { toHeaderObject } from './header-list.js'

it('a frame has the values of a name together, at its first position', () => {
  const headers = [
    ['z', ''],
    ['a', '2'],
    ['z', '1'],
    ['constructor', '3'],
    ['z', ''],
  ] as const
  expect(Object.entries(toHeaderObject(headers))).toEqual([
    ['z', ['', '1', '']],
    ['a', '2'],
    ['constructor', '3'],
  ])
  expect(Object.entries(toHeaderObject([]))).toEqual([])
})
