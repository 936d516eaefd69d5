import { matches, parsePattern, parseSubject, type Subject } from '@wildcast/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { globMatches, globText } from './glob.js'
import { redisNames, skipsReserved } from './subjects.js'

const names = redisNames({ prefix: '', sharded: false })
const tenant = redisNames({ prefix: 't[1]*.', sharded: false })
const nativeOf = (pattern: string): ReturnType<typeof names.nativeOf> =>
  names.nativeOf({ pattern: parsePattern(pattern) })
const ulid = '01JAVA0ZZZZZZZZZZZZZZZZZZZ'
const segment = fc.constantFrom('a', 'b', 'ab', 'request', ulid, '_x', '$s', 'response')
const anySubject = fc.array(segment, { minLength: 1, maxLength: 6 }).map((segments) => parseSubject(segments.join('.')))
const anyPattern = fc
  .array(fc.oneof(segment, fc.constantFrom('*', '**')), { minLength: 1, maxLength: 6 })
  .filter((segments) => segments.filter((wild) => wild === '**').length <= 2)
  .map((segments) => parsePattern(segments.join('.')))

describe('a pattern', () => {
  it.each([
    ['*', '*'],
    ['**', '*'],
    ['>', '*'],
    ['a.*', 'a.*'],
    ['a.>', 'a.*'],
    ['a.*.**', 'a.*'],
    ['a.**', 'a*'],
    ['**.a', '*a'],
    ['*.a', '*.a'],
    ['a.**.b', 'a.*b'],
    ['a.*.**.b', 'a.*.b'],
    ['a.*.*.b', 'a.*.*.b'],
    ['a.**.b.**', 'a.*b*'],
    ['**.a.**', '*a*'],
    ['x?.[y].a-b^.\\.*', 'x\\?.\\[y].a-b^.\\\\.*'],
    ['a%2Ab.*', 'a\\*b.*'],
    ['a%2Fb.*', 'a/b.*'],
  ])('%s is covered by the glob %s', (pattern, glob) => {
    expect(globText(names.globOf(parsePattern(pattern)))).toBe(glob)
  })

  it('is covered by a glob with no more stars than it has wildcards, and exactly if the glob claims so', () => {
    fc.assert(
      fc.property(anyPattern, anySubject, (pattern, subject) => {
        const glob = names.globOf(pattern)
        if (matches(pattern, subject)) expect(globMatches(glob, subject)).toBe(true)
        if (names.nativeOf({ pattern }).exact) expect(globMatches(glob, subject)).toBe(matches(pattern, subject))
        expect(glob.length - 1).toBeLessThanOrEqual(pattern.split('.').filter((wild) => wild[0] === '*').length)
      }),
      { numRuns: 5000 },
    )
  })

  it('skips reserved names if it begins with a wildcard', () => {
    const skips = (pattern: string, name: string): boolean =>
      skipsReserved(tenant.globOf(parsePattern(pattern)), 't[1]*.', name)
    expect(skips('**', `t[1]*.request.${ulid}.a`)).toBe(true)
    expect(skips('**', 't[1]*.request.1.a')).toBe(false)
    expect(skips('*.a', 't[1]*._queue')).toBe(true)
    expect(skips('**', 't[1]*.requests')).toBe(false)
    expect(skips('request.*.a', `t[1]*.request.${ulid}.a`)).toBe(false)
  })
})

describe('an interest', () => {
  it.each([
    ['a.b', { kind: 'channel', key: 'channel a.b', exact: true, wildcard: false, single: false }],
    ['a.*', { kind: 'glob', key: 'glob a.*', exact: false, wildcard: true, single: false }],
    ['a.>', { kind: 'glob', key: 'glob a.*', exact: true, wildcard: true, single: false }],
    ['**', { kind: 'glob', key: 'glob *', exact: false, wildcard: true, single: false }],
  ])('in %s is the subscription %j', (pattern, native) => {
    expect(nativeOf(pattern)).toMatchObject(native)
  })

  it('of a server or in a group has one receiver for each message', () => {
    const pattern = parsePattern('a.b')
    expect(names.nativeOf({ pattern, serve: true })).toMatchObject({ kind: 'server', key: 'server a.b', single: true })
    expect(names.nativeOf({ pattern, group: 'g' })).toMatchObject({ kind: 'group', key: 'group a.b g', single: true })
  })

  it('has one key for each glob, even if literals hold stars', () => {
    expect(nativeOf('a%2Ab.*').key).not.toBe(nativeOf('a.**').key)
    expect(nativeOf('a%2A.*').key).not.toBe(nativeOf('a.**.*').key)
  })

  it.each([
    ['a%41', 'a%41'],
    ['a%2E.*', 'a%2E.*'],
    ['a%252F.*', 'a%2F.*'],
    ['a%2F.*', 'a/.*'],
  ])('in %s is the glob %s: an escape that Redis names do not need is literal', (pattern, text) => {
    expect(globText(names.globOf(parsePattern(pattern)))).toBe(text)
  })

  it('gets a wider glob if its own would cost Redis too much', () => {
    const stars = parsePattern(`a${'.*.b'.repeat(100)}`)
    expect(globText(names.globOf(stars))).toBe(`a${'.*.b'.repeat(15)}.*.b.*`)
    const long = parsePattern(`a.*.${'b'.repeat(60)}.*.c.*.d`)
    expect(globText(names.globOf(long))).toBe(`a.*.${'b'.repeat(60)}.*`)
    expect(nativeOf(`a${'.*'.repeat(16)}.>`)).toMatchObject({ exact: true })
    expect(nativeOf(`a${'.*'.repeat(17)}.>`)).toMatchObject({ exact: false })
  })

  it('must be exact if channels are sharded', () => {
    const sharded = redisNames({ prefix: '', sharded: true })
    const unsupported = expect.objectContaining({ code: 'unsupported' })
    const pattern = parsePattern('a')
    expect(sharded.nativeOf({ pattern })).toMatchObject({ kind: 'channel' })
    expect(() => sharded.nativeOf({ pattern: parsePattern('a.*') })).toThrow(unsupported)
    expect(() => sharded.nativeOf({ pattern, group: 'g' })).toThrow(unsupported)
    expect(() => sharded.nativeOf({ pattern, serve: true })).toThrow(unsupported)
  })
})

describe('a channel', () => {
  it.each([
    ['good.apple', 'good.apple'],
    ['a/b c.*', 'a%2Fb%20c.%2A'],
    ['ü.😀', 'ü.😀'],
    ['__proto__.constructor', '__proto__.constructor'],
  ])('%s is the subject %s, and back, after a prefix', (name, subject) => {
    const channel = tenant.channelOf(subject as Subject)
    expect(channel).toBe(`t[1]*.${name}`)
    expect(tenant.subjectOf(channel)).toBe(subject)
  })

  it('of a request or an answer may be longer than a subject of a client', () => {
    const subject = Array(256).fill('xyz').join('.')
    const request = `request.${ulid}.${subject}`
    expect(names.subjectOf(request)).toBe(request)
    expect(names.subjectOf(`${request}.x.x.x`)).toBeUndefined()
    expect(names.subjectOf(`request.${ulid}${'0'.repeat(40)}.${subject}`)).toBeUndefined()
    expect(names.subjectOf(`request.a.${subject}`)).toBeUndefined()
    expect(names.subjectOf(`other.${ulid}.${subject}`)).toBeUndefined()
    expect(names.subjectOf(`request.${ulid}..${subject}`)).toBeUndefined()
  })

  it.each(['a b\n', 'a..b', '', 'x'.repeat(1025)])('%j is no subject', (channel) => {
    expect(names.subjectOf(channel)).toBeUndefined()
  })
})
