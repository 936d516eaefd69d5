import { expect, it } from 'vitest'
import { window } from './window.js'

it('lets so many in at a time, and the others in their order as places come free', () => {
  const { enter, leave } = window(2)
  const inside: number[] = []
  for (let i = 0; i < 5; i++) enter(() => inside.push(i))
  expect(inside).toEqual([0, 1])
  leave()
  expect(inside).toEqual([0, 1, 2])
  leave()
  leave()
  leave()
  enter(() => inside.push(5))
  expect(inside).toEqual([0, 1, 2, 3, 4, 5])
})
