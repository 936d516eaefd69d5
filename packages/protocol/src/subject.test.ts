import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WildcastError } from './errors.js'
import { isClosed, isExact, isReserved, parsePattern, parseSubject } from './subject.js'

const ulid = '01JAVA0ZZZZZZZZZZZZZZZZZZZ'

const refusal = (parse: (text: string) => string, text: string): WildcastError => {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof WildcastError) return error
    throw error
  }
  throw new Error(`${JSON.stringify(text)} was accepted`)
}

/** Texts that are neither a subject nor a pattern, and part of the remedy. */
const neither: readonly [text: string, remedy: RegExp][] = [
  ['', /empty segment/],
  ['.', /empty segment/],
  ['.a', /empty segment/],
  ['a.', /empty segment/],
  ['a..b', /empty segment/],
  ['a b', /white space/],
  ['a.\t', /white space/],
  ['a\r', /white space/],
  ['a\n', /white space/],
  ['a 0\r\n\r\nPUB admin.secret 4\r\npwnd', /white space/],
  ['a\u00a0b', /white space/],
  ['a\u2028b', /white space/],
  ['a\u2029b', /white space/],
  ['a\u3000b', /white space/],
  ['\ufeffa', /white space/],
  ['a\0', /control character/],
  ['a\u0001', /control character/],
  ['a\u007f', /control character/],
  ['a\u0085', /control character/],
  ['a\u009f', /control character/],
  ['a\ud800b', /well-formed/],
  ['a\udc00', /well-formed/],
  ['\udc00\ud800', /well-formed/],
  ['+', /use "\*"/],
  ['a.+.b', /use "\*"/],
  ['a+', /use "\*"/],
  ['a/b', /joined by "\."/],
  ['/', /joined by "\."/],
]

/** Texts with wildcards in invalid places. */
const misplaced: readonly [text: string, remedy: RegExp][] = [
  ['a*', /stand alone/],
  ['a.*b', /stand alone/],
  ['***', /stand alone/],
  ['*.***', /stand alone/],
  ['>.a', /only at the end/],
  ['a.>.b', /only at the end/],
  ['a>', /only at the end/],
  ['a.>>', /only at the end/],
  ['#.a', /only at the end/],
  ['a.#.b', /only at the end/],
  ['a#', /only at the end/],
  ['#>', /only at the end/],
  ['**.a.**.b.**', /more than 2 "\*\*"/],
  ['**.a.**.b.>', /more than 2 "\*\*"/],
  ['**.a.**.b.#', /more than 2 "\*\*"/],
]

/** Valid subjects that look invalid. */
const plain = [
  'good.apple',
  'a',
  'A.b.C',
  '-',
  'a_b.c-d:e@f!~%',
  'a%2Fb',
  'ä.日本.😀',
  'e\u0301', // distinct from the next one: nothing is normalised
  '\u00e9',
  '\ufffd',
  '\u200b\u200f', // a format character is neither white space nor control
  't.[ab]?\\^',
  '$SYS.x',
  '_INBOX.x',
  'request.x',
  `request.${ulid}.x`,
]

describe('parseSubject', () => {
  it.each(plain)('accepts %j unchanged', (text) => {
    expect(parseSubject(text)).toBe(text)
  })

  it.each(neither)('refuses %j as invalid_subject with the reason', (text, remedy) => {
    const error = refusal(parseSubject, text)
    expect(error.code).toBe('invalid_subject')
    expect(error.message).toMatch(remedy)
  })

  it.each(['*', '**', '>', '#', 'a.*', 'a.**', 'a.>', 'a.#', '*.b', 'a*'])('refuses the wildcard in %j', (text) => {
    expect(refusal(parseSubject, text).message).toMatch(/it has a wildcard; name one subject/)
  })

  it('quotes only the start of a long text', () => {
    expect(refusal(parseSubject, 'x'.repeat(65_000)).message.length).toBeLessThan(200)
  })

  it('accepts any text without the forbidden characters', () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
      .filter((text) => !/[\s\p{Cc}*>#+/.]/u.test(text))
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), (segments) => {
        expect(parseSubject(segments.join('.'))).toBe(segments.join('.'))
        expect(parsePattern(segments.join('.'))).toBe(segments.join('.'))
      }),
      { numRuns: 100 },
    )
  })
})

describe('parsePattern', () => {
  it.each(plain)('accepts the subject %j as the pattern of itself', (text) => {
    expect(parsePattern(text)).toBe(text)
    expect(isExact(parsePattern(text))).toBe(true)
  })

  it.each([...neither, ...misplaced])('refuses %j as invalid_subject with the reason', (text, remedy) => {
    const error = refusal(parsePattern, text)
    expect(error.code).toBe('invalid_subject')
    expect(error.message).toMatch(remedy)
  })

  it.each([
    ['*', '*'],
    ['**', '**'],
    ['>', '*.**'],
    ['#', '**'],
    ['a.>', 'a.*.**'],
    ['a.#', 'a.**'],
    ['a.**.b', 'a.**.b'],
    ['**.a.**', '**.a.**'],
    ['**.*', '*.**'],
    ['**.**', '**'],
    ['**.**.**.**', '**'],
    ['*.**.*.**.*.a', '*.*.*.**.a'],
    ['**.>', '*.**'],
    ['**.#', '**'],
    ['*.>', '*.*.**'],
    ['a.**.*.b.*.#', 'a.*.**.b.*.**'],
  ])('converts %j to the normal form %j', (text, normal) => {
    expect(parsePattern(text)).toBe(normal)
    expect(isExact(parsePattern(text))).toBe(false)
  })

  it('returns a normal form that is its own normal form', () => {
    const segment = fc.constantFrom('a', 'b', '*', '**', '>', '#')
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 33 }), (segments) => {
        let normal: string
        try {
          normal = parsePattern(segments.join('.'))
        } catch {
          return
        }
        expect(parsePattern(normal)).toBe(normal)
      }),
    )
  })
})

describe.each([
  ['parseSubject', parseSubject],
  ['parsePattern', parsePattern],
])('%s', (_, parse: (text: string) => string) => {
  it('allows a derived subject 64 more bytes and 4 more segments', () => {
    for (const begin of [`request.${ulid}.`, `response.${ulid}.`]) {
      const longest = begin.padEnd(1088, 'x')
      expect(parse(longest)).toBe(longest)
      expect(refusal(parse, `${longest}x`).message).toMatch(/longer than 1088 bytes/)
      const deepest = begin + Array(258).fill('a').join('.')
      expect(parse(deepest)).toBe(deepest)
      expect(refusal(parse, `${deepest}.a`).message).toMatch(/more than 260 segments/)
      expect(refusal(parse, `${begin}${'x'.repeat(1030)}..a`).message).toMatch(/empty segment/)
    }
  })

  it('allows a subject under $presence 64 more bytes and 2 more segments', () => {
    const longest = '$presence.'.padEnd(1088, 'x')
    expect(parse(longest)).toBe(longest)
    expect(refusal(parse, `${longest}x`).message).toMatch(/longer than 1088 bytes/)
    const deepest = `$presence.${Array(257).fill('a').join('.')}`
    expect(parse(deepest)).toBe(deepest)
    expect(refusal(parse, `${deepest}.a`).message).toMatch(/more than 258 segments/)
  })

  it.each(['request.7.', 'requests.', `request.${ulid}x.`, `a.request.${ulid}.`, '$presences.', 'a.$presence.'])(
    'allows no other subject to be longer: %s',
    (begin) => {
      expect(refusal(parse, begin.padEnd(1025, 'x')).message).toMatch(/longer than 1024 bytes/)
    },
  )

  it.each([
    ['ASCII', 'x'.repeat(1024)],
    ['two-byte characters', 'ä'.repeat(512)],
    ['three-byte characters', `${'日'.repeat(341)}x`],
    ['four-byte characters', '😀'.repeat(256)],
  ])('accepts 1,024 bytes of %s and refuses 1,025', (_, text) => {
    expect(parse(text)).toBe(text)
    expect(refusal(parse, `${text}x`).message).toMatch(/longer than 1024 bytes/)
  })

  it('accepts 256 segments and refuses 257', () => {
    const text = Array(256).fill('a').join('.')
    expect(parse(text)).toBe(text)
    for (const count of [257, 500]) {
      const error = refusal(parse, Array(count).fill('a').join('.'))
      expect(error.message).toMatch(/more than 256 segments/)
      expect(error.code).toBe('invalid_subject')
    }
  })

  it.each(Object.getOwnPropertyNames(Object.prototype))('treats %j as an ordinary word', (name) => {
    expect(parse(`a.${name}`)).toBe(`a.${name}`)
    expect(parse(name)).toBe(name)
  })
})

it('checks the size of a pattern in its normal form, too', () => {
  const long = Array(255).fill('a')
  expect(parsePattern([...long, '**'].join('.'))).toHaveLength(512)
  expect(refusal(parsePattern, [...long, '>'].join('.')).message).toMatch(/more than 256 segments/)
  expect(refusal(parsePattern, `${'x'.repeat(1022)}.>`).message).toMatch(/longer than 1024 bytes/)
})

describe('isReserved', () => {
  it.each([
    '$',
    '$SYS',
    '$SYS.x',
    '_',
    '_INBOX.a',
    `request.${ulid}`,
    `request.${ulid}.a`,
    `response.${ulid}`,
    `response.${ulid}.**`,
  ])('%s', (text) => {
    expect(isReserved(text)).toBe(true)
  })

  it.each([
    'a',
    'a.$SYS',
    'a._x',
    'request',
    'request.a',
    'response.7.x',
    'requests',
    `requests.${ulid}`,
    `request.8${ulid.slice(1)}`,
    `request.${ulid.toLowerCase()}`,
    `request.${ulid.replace('J', 'I')}`,
    `request.${ulid}x`,
    `request.${ulid.slice(1)}`,
    `request.*.${ulid}`,
    `a.request.${ulid}`,
    `Request.${ulid}`,
    '*',
    '**',
  ])('not %s', (text) => {
    expect(isReserved(text)).toBe(false)
  })
})

it('closes exactly the subjects that begin with "$" or "_" to clients', () => {
  expect(['$', '$SYS.x', '_', '_INBOX.a'].every(isClosed)).toBe(true)
  expect(['request.a', 'response.a', 'a.$b', 'a'].some(isClosed)).toBe(false)
})
