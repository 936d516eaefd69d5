import { expect, it } from 'vitest'
import { BoundedMap } from './bounded-map.js'

it('drops the entry that was added first when the limit is exceeded', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1).set('b', 2).set('c', 3)
  expect([...map]).toEqual([
    ['b', 2],
    ['c', 3],
  ])
})

it('drops nothing when an entry is replaced', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1).set('b', 2).set('a', 3)
  expect([...map]).toEqual([
    ['a', 3],
    ['b', 2],
  ])
})

it('accepts another entry after one was deleted', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1).set('b', 2)
  map.delete('b')
  map.set('c', 3)
  expect([...map.keys()]).toEqual(['a', 'c'])
})
