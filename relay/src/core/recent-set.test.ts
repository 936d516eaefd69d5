import { expect, it } from 'vitest'
import { RecentSet } from './recent-set.js'

it('forgets the oldest past its bound, and takes prototype names for words', () => {
  const recent = new RecentSet(2)
  expect(recent.has('constructor')).toBe(false)
  for (const entry of ['a', 'b', 'b', 'constructor']) recent.add(entry)
  expect(['a', 'b', 'constructor'].map((entry) => recent.has(entry))).toEqual([false, true, true])
})
