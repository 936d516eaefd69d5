import { expect, it } from 'vitest'
import { RecentSet } from './recent-set.js'

const filled = (atLeast: number, entries: readonly string[]): RecentSet => {
  const recent = new RecentSet(atLeast)
  for (const entry of entries) recent.add(entry)
  return recent
}

it('remembers the latest, and twice as many at most', () => {
  const entries = Array.from({ length: 100 }, (_, i) => `${i}`)
  for (let count = 1; count <= entries.length; count++) {
    const recent = filled(10, entries.slice(0, count))
    const known = entries.filter((entry) => recent.has(entry))
    expect(known).toEqual(entries.slice(count - known.length, count))
    expect(known.length).toBeGreaterThanOrEqual(Math.min(count, 10))
    expect(known.length).toBeLessThanOrEqual(20)
  }
})

it('counts an entry that comes again as the latest', () => {
  const recent = filled(2, ['a', 'b', 'c', 'd', 'b', 'e'])
  expect({ a: recent.has('a'), b: recent.has('b') }).toEqual({ a: false, b: true })
})

it('treats prototype names as entries', () => {
  expect(filled(2, []).has('constructor')).toBe(false)
  expect(filled(2, ['constructor']).has('constructor')).toBe(true)
})
