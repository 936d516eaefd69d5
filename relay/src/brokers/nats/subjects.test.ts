import { matches, parsePattern, parseSubject, type Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checked, checkLine, natsNameOf, natsNativeOf } from './subjects.js'

const native = (pattern: string, more: { group?: string; serve?: boolean } = {}) =>
  natsNativeOf({ pattern: parsePattern(pattern), ...more })

describe('an interest', () => {
  it.each<[string, string[], boolean]>([
    ['a.b', ['a.b'], true],
    ['a.*', ['a.*'], true],
    ['a.*.c', ['a.*.c'], true],
    ['a.>', ['a.>'], true],
    ['a.*.>', ['a.*.>'], true],
    ['a.**', ['a', 'a.>'], true],
    ['a.**.b', ['a.>'], false],
    ['a.**.b.c', ['a.*.>'], false],
    ['a.**.b.**', ['a.>'], false],
    ['a.*.**.b', ['a.*.>'], false],
    ['**', ['>'], false],
    ['*', ['*'], false],
    ['*.b', ['*.b'], false],
    ['**.b.c', ['*.>'], false],
    ['a%2Fb.c%2B.%23', ['a/b.c+.#'], true],
  ])('in %s is covered by %j', (pattern, subjects, exact) => {
    expect(native(pattern)).toMatchObject({ subjects, exact, wildcard: pattern.includes('*') || pattern.includes('>') })
  })

  it.each([
    ['a%2E', 'a%2E'],
    ['**.a%41', '>'],
    ['a%2f.*', 'a%2f.*'],
    ['a%252F.*', 'a%2F.*'],
  ])('in %s is subscribed as %s: an escape that NATS names do not need stays unchanged', (pattern, subject) => {
    expect(native(pattern).subjects).toEqual([subject])
  })

  it('of the longest subject fits into a command, in a group too', () => {
    const longest = 'ü'.repeat(509)
    expect(native(`${longest}.**.x`, { group: longest }).subjects).toEqual([`${longest}.>`])
  })

  it('that does not fit into a command is refused', () => {
    const tooLong = 'x'.repeat(4033)
    const refused = expect.objectContaining({ code: 'invalid_subject' })
    expect(() => natsNativeOf({ pattern: tooLong as Subject })).toThrow(refused)
    expect(() => natsNativeOf({ pattern: 'a' as Subject, group: tooLong })).toThrow(refused)
    expect(() => checkLine('ü'.repeat(1000), 'ü'.repeat(1017))).toThrow(refused)
    expect(() => checkLine('ü'.repeat(1000), 'ü'.repeat(1016))).not.toThrow()
  })

  it('receives each matching message once, and no others if it is exact', () => {
    const segment = fc.constantFrom('a', 'b', '$x', 'request', '01JAVA0ZZZZZZZZZZZZZZZZZZZ')
    const wild = fc.oneof({ weight: 2, arbitrary: segment }, fc.constantFrom('*', '**'))
    const patterns = fc
      .array(wild, { minLength: 1, maxLength: 5 })
      .filter((segments) => segments.filter((one) => one === '**').length <= 2)
    const subjects = fc.array(segment, { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(patterns, subjects, (pattern, subject) => {
        const normal = parsePattern(pattern.join('.'))
        const isMatch = matches(normal, parseSubject(subject.join('.')))
        const { subjects, exact } = natsNativeOf({ pattern: normal })
        const received = subjects.filter((filter) => natsMatches(filter.split('.'), subject)).length
        expect(received).toBeLessThanOrEqual(1)
        if (isMatch || exact) expect(received).toBe(isMatch ? 1 : 0)
      }),
      { numRuns: 5000 },
    )
  })
})

describe('a group', () => {
  it.each([
    ['job.*', 'job.* queue workers'],
    ['job.**', 'job job.> queue workers'],
    ['job.**.end', 'job.> queue workers/job.#.end'],
    ['*.end', '*.end queue workers/+.end'],
  ])('on %s has a queue that other patterns share only if NATS can separate them', (pattern, key) => {
    expect(native(pattern, { group: 'workers' })).toMatchObject({ key, single: true, serves: false })
  })

  it('never shares the queue of responders or of another group', () => {
    const all = [
      native('a', { serve: true }),
      native('a', { group: 'wildcast' }),
      native('a', { group: 'wildcast.serve' }),
      native('a'),
      native('a.**.b', { group: 'g' }),
      native('a.**.b', { group: 'g.a.%23.b' }),
      native('a.**.b.**', { group: 'g' }),
    ]
    expect(new Set(all.map(({ key }) => key)).size).toBe(all.length)
  })
})

describe('a name on the wire', () => {
  it('is the subject, with the characters that only NATS names may hold', () => {
    expect(natsNameOf(parseSubject('a%2Fb.100%.%252F'))).toBe('a/b.100%.%2F')
  })

  it.each(['a.*', '**'])('is not the pattern %s', (pattern) => {
    expect(() => natsNameOf(parsePattern(pattern))).toThrow(expect.objectContaining({ code: 'unsupported' }))
  })

  it.each(['', 'a b', 'a\r\nPUB admin 0\r\n\r\n', 'a\tb', 'a\u0000', 'a\u00a0b', 'a\u2028', 'a\u0085'])(
    'never holds a character that could start a command: %j',
    (name) => {
      expect(() => checked(name)).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
      expect(() => natsNameOf(name as Subject)).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
      expect(() => native('a', { group: name })).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
    },
  )
})

/** Matches like the server. */
function natsMatches(filter: readonly string[], subject: readonly string[]): boolean {
  const [first, ...rest] = filter
  const [segment, ...more] = subject
  if (first === undefined || segment === undefined) return first === segment
  if (first === '>') return true
  return (first === '*' || first === segment) && natsMatches(rest, more)
}
