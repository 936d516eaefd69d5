import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WildcastError } from './errors.js'
import { parseJson } from './json.js'
import { limits } from './limits.js'

const arrays = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

const codeOf = (text: string): string => {
  try {
    parseJson(text)
    return 'accepted'
  } catch (error) {
    return error instanceof WildcastError ? error.code : `not ours: ${error}`
  }
}

describe('parseJson', () => {
  it('gives what JSON.parse gives', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1',
    '"a',
    '"\\',
    "{'a':1}",
    'NaN',
    '1 2',
    '{}{}',
    '\ufeff{}',
    '"\n"',
    '[}',
    '][',
  ])('refuses %j as invalid_frame', (text) => expect(codeOf(text)).toBe('invalid_frame'))

  it('keeps "__proto__" a name like any other', () => {
    const value = parseJson('{"__proto__": {"polluted": true}}') as object
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect('polluted' in {}).toBe(false)
  })
})

describe('the depth limit', () => {
  it.each([
    ['arrays', arrays],
    ['objects', objects],
  ])('lets %s nest 32 deep and no deeper', (_, nest) => {
    expect(limits.depth).toBe(32)
    expect(codeOf(nest(32))).toBe('accepted')
    for (const depth of [33, 10_000, 1_000_000]) expect(codeOf(nest(depth))).toBe('invalid_frame')
  })

  it('counts what is open at one time, not what is there', () => {
    expect(codeOf(`[${Array(1000).fill('[{"a":[]}]').join()}]`)).toBe('accepted')
  })

  it.each([
    ['brackets', '['.repeat(50)],
    ['an escaped quote', `\\"${'['.repeat(50)}`],
    ['a backslash at its end', `${'['.repeat(50)}\\\\`],
    ['a row of backslashes and a quote', `\\\\\\"${'{'.repeat(50)}`],
  ])('does not count in a string with %s', (_, inside) => {
    const text = `{"a":"${inside}","b":${arrays(31)}}`
    expect(JSON.parse(text)).toBeDefined()
    expect(codeOf(text)).toBe('accepted')
    expect(codeOf(text.replace(arrays(31), arrays(32)))).toBe('invalid_frame')
  })

  it('finds what JSON.parse finds, wherever quotes and backslashes stand', () => {
    const piece = fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', ':', 'a', '1')
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: piece, maxLength: 30 }), fc.json()), (text) => {
        let valid = true
        try {
          JSON.parse(text)
        } catch {
          valid = false
        }
        expect(codeOf(text)).toBe(valid ? 'accepted' : 'invalid_frame')
      }),
      { numRuns: 500 },
    )
  })
})

/** A text that counts how many of its characters have been looked at before `JSON.parse` took all of it. */
class CountedText {
  seen = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  get length(): number {
    return this.#text.length
  }

  charCodeAt(at: number): number {
    this.seen++
    return this.#text.charCodeAt(at)
  }

  indexOf(wanted: string, from: number): number {
    const found = this.#text.indexOf(wanted, from)
    this.seen += (found < 0 ? this.#text.length : found + 1) - from
    return found
  }

  toString(): string {
    return this.#text
  }
}

describe('the work', () => {
  it.each([
    ['text without strings', '1,'.repeat(5000)],
    ['one long string', `"${'a'.repeat(10_000)}"`],
    ['nothing but quotes', '"'.repeat(10_000)],
    ['nothing but backslashes in a string', `"${'\\'.repeat(10_000)}"`],
    ['escaped quotes', `"${'\\"'.repeat(5000)}"`],
    ['quotes behind rows of backslashes', `"${`${'\\'.repeat(99)}"`.repeat(100)}`],
    ['a string that never ends', `["a${'\\"'.repeat(5000)}`],
    ['brackets that open and close', '[]'.repeat(5000)],
  ])('grows with the length only: %s', (_, text) => {
    const counted = new CountedText(text)
    codeOf(counted as unknown as string)
    expect(counted.seen).toBeLessThanOrEqual(3 * text.length)
  })

  it('ends at the bracket that is one too many', () => {
    const counted = new CountedText('['.repeat(1_000_000))
    expect(codeOf(counted as unknown as string)).toBe('invalid_frame')
    expect(counted.seen).toBe(33)
  })
})
