import fc from 'fast-check'
import { expect, it } from 'vitest'
import { intersecting, intersects } from './intersect.js'
import { type Pattern, parsePattern } from './subject.js'

const segment = fc.constantFrom('a', 'a', 'a', 'b', '*')
const run = fc.array(segment, { minLength: 1, maxLength: 50 }).map((segments) => segments.join('.'))
const patterns = fc.array(run, { minLength: 1, maxLength: 3 }).map((runs) => parsePattern(runs.join('.**.')))
const short = fc.array(segment, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('.'))
const open = fc.tuple(short, short).map(([middle, end]) => parsePattern(`**.${middle}.**.${end}`))

/** A plain implementation: advances both segment by segment; a `**` may take one more or end. */
function plainlyIntersects(a: Pattern, b: Pattern): boolean {
  const [left, right] = [a.split('.'), b.split('.')]
  const seen = new Set<string>()
  const from = (i: number, j: number): boolean => {
    if (seen.has(`${i} ${j}`)) return false
    seen.add(`${i} ${j}`)
    const [l, r] = [left[i], right[j]]
    if (l === undefined && r === undefined) return true
    if (l === '**' && from(i + 1, j)) return true
    if (r === '**' && from(i, j + 1)) return true
    if (l === undefined || r === undefined) return false
    if (l[0] !== '*' && r[0] !== '*' && l !== r) return false
    return from(l === '**' ? i : i + 1, r === '**' ? j : j + 1)
  }
  return from(0, 0)
}

it('agrees with a plain implementation for long patterns, in both directions', () => {
  fc.assert(
    fc.property(patterns, fc.oneof(patterns, open), (a, b) => {
      const expected = plainlyIntersects(a, b)
      expect(intersects(a, b)).toBe(expected)
      expect(intersects(b, a)).toBe(expected)
    }),
    { numRuns: 3000 },
  )
})

it('compares one pattern with many others', () => {
  const intersectsIt = intersecting(parsePattern('a.*.c'))
  expect(['a.b.c', '**.c', 'a.**', '*.x.*'].map(parsePattern).every(intersectsIt)).toBe(true)
  expect(['a.b', 'a.b.d', 'b.**', '**.a'].map(parsePattern).some(intersectsIt)).toBe(false)
})
