import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WildcastError } from './errors.js'
import { parseJson, parseJsonData } from './json.js'
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
  it('returns the same as JSON.parse', () => {
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
    '""""',
    '{"a":"b""c"}',
    '][',
  ])('refuses %j as invalid_frame', (text) => expect(codeOf(text)).toBe('invalid_frame'))

  it('treats "__proto__" as an ordinary name', () => {
    const value = parseJson('{"__proto__": {"polluted": true}}') as object
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect('polluted' in {}).toBe(false)
  })
})

describe('a long array of bytes', () => {
  const bytes = Array.from({ length: 70_000 }, (_, i) => (i * 7) % 256)

  it.each([
    ['without white space', JSON.stringify(bytes)],
    ['with white space everywhere', JSON.stringify(bytes, undefined, 3).replaceAll(',', ' ,')],
    ['of single digits', JSON.stringify(bytes.map((byte) => byte % 10))],
  ])('becomes bytes: %s', (_, list) => {
    const { message, after } = parseJson(`{"before":"ü[1","message":${list},"after":[1,"2"]}`) as Record<
      string,
      unknown
    >
    expect(message).toEqual(Uint8Array.from(JSON.parse(list) as number[]))
    expect(after).toEqual([1, '2'])
  })

  it('becomes bytes at any position, also several times', () => {
    const list = JSON.stringify(bytes.slice(0, 2000))
    const read = Uint8Array.from(bytes.slice(0, 2000))
    expect(parseJson(`[${list},{"a":${list}},${list}]`)).toEqual([read, { a: read }, read])
    expect(parseJson(list)).toEqual(read)
  })

  it('may be the value of "__proto__"', () => {
    const value = parseJson(`{"__proto__":${JSON.stringify(bytes)}}`) as object
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value)).toEqual(['__proto__'])
  })

  it.each([
    ['a number over 255', '256'],
    ['a fraction', '1.5'],
    ['a negative number', '-1'],
    ['a leading zero', '01'],
    ['two numbers without a comma', '1 2'],
    ['nothing between two commas', ''],
    ['a string', '"a"'],
  ])('is refused if it contains %s', (_, odd) => {
    expect(codeOf(`[${[...bytes, odd, ...bytes].join()}]`)).toBe('too_large')
  })

  it.each(['[1,', '[1,2', '1]', '[1]]', '[,1]', '[1,]'])('is refused if it is broken: %s', (part) => {
    const [few, many] = [bytes.slice(0, 2000), bytes]
    expect(codeOf(part.replace('1', few.join()))).toBe('invalid_frame')
    expect(codeOf(part.replace('1', many.join()))).not.toBe('accepted')
  })

  it.each([
    ['the character alone', ['\\u0001']],
    ['the character and a number', ['\\u00010', '\\u00011', '\\u0001\\u0030']],
    ['the character and another form of 0', ['\\u0001 ', '\\u00010x0', '\\u0001-0', '\\u000100']],
    ['a longer mark', ['\\u0001', '\\u0001\\u0002', '\\u0001\\u00020', '\\u0001\\u00030', '\\u0001\\u0003\\u00020']],
    [
      'many marks',
      Array.from(
        { length: 64 },
        (_, i) => `\\u0001${i.toString(2).replace(/./g, (bit) => `\\u000${2 + Number(bit)}`)}0`,
      ),
    ],
    ['a backslash before it', ['\\\\u00010', '\\\\\\u00010']],
  ])('is not confused with a string of the client: %s', (_, written) => {
    const texts = JSON.parse(`["${written.join('","')}"]`) as string[]
    const read = parseJson(
      `{"a":["${written.join('","')}"],"b":${JSON.stringify(bytes)},"c":["${written.join('","')}"]}`,
    )
    expect(read).toEqual({ a: texts, b: Uint8Array.from(bytes), c: texts })
  })
})

describe('the limit of values', () => {
  it.each([
    ['numbers', (count: number) => `[${Array(count).fill('1e1').join()}]`],
    ['keys', (count: number) => `{${Array.from({ length: count }, (_, i) => `"k${i}":1`).join()}}`],
    [
      'empty objects',
      (count: number) =>
        `[${Array(Math.floor(count / 2))
          .fill('{}')
          .join()}]`,
    ],
    [
      'arrays in arrays',
      (count: number) =>
        `[${Array(Math.floor(count / 2))
          .fill('[]')
          .join()}]`,
    ],
  ])('accepts some thousand %s and refuses a million', (_, some) => {
    expect(limits.values).toBe(10_000)
    expect(codeOf(some(9_990))).toBe('accepted')
    for (const count of [10_010, 1_000_000]) expect(codeOf(some(count))).toBe('too_large')
  })
})

describe('the depth limit', () => {
  it.each([
    ['arrays', arrays],
    ['objects', objects],
  ])('accepts %s that nest 32 deep and refuses deeper ones', (_, nest) => {
    expect(limits.depth).toBe(32)
    expect(codeOf(nest(32))).toBe('accepted')
    for (const depth of [33, 10_000, 1_000_000]) expect(codeOf(nest(depth))).toBe('invalid_frame')
  })

  it('counts the brackets that are open at one time, not all of them', () => {
    expect(codeOf(`[${Array(1000).fill('[{"a":[]}]').join()}]`)).toBe('accepted')
  })

  it.each([
    ['brackets', '['.repeat(50)],
    ['an escaped quote', `\\"${'['.repeat(50)}`],
    ['a backslash at its end', `${'['.repeat(50)}\\\\`],
    ['a row of backslashes and a quote', `\\\\\\"${'{'.repeat(50)}`],
  ])('does not count brackets in a string with %s', (_, inside) => {
    const text = `{"a":"${inside}","b":${arrays(31)}}`
    expect(JSON.parse(text)).toBeDefined()
    expect(codeOf(text)).toBe('accepted')
    expect(codeOf(text.replace(arrays(31), arrays(32)))).toBe('invalid_frame')
  })

  it('accepts the same texts as JSON.parse, with quotes and backslashes anywhere', () => {
    const piece = fc.constantFrom('"', '\\', '[', ']', '{', '}', ',', ':', 'a', '1', 'a'.repeat(40))
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

/** A text that counts how many of its characters are read before `JSON.parse` takes all of it. */
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

  slice(from: number, to?: number): string {
    const piece = this.#text.slice(from, to)
    this.seen += piece.length
    return piece
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
    ['quotes after rows of backslashes', `"${`${'\\'.repeat(99)}"`.repeat(100)}`],
    ['a string that never ends', `["a${'\\"'.repeat(5000)}`],
    ['brackets that open and close', '[]'.repeat(5000)],
  ])('grows with the length only: %s', (_, text) => {
    const counted = new CountedText(text)
    codeOf(counted as unknown as string)
    expect(counted.seen).toBeLessThanOrEqual(3 * text.length)
  })

  it.each([
    ['blanks', `[${' '.repeat(257)}]`],
    ['numbers and a text', `[${'1,'.repeat(200)}""]`],
    ['numbers', `[${'1,'.repeat(600)}1]`],
  ])('grows with the length only, however many lists hold: %s', (_, list) => {
    const text = `[${Array(300).fill(list).join()}]`
    const counted = new CountedText(text)
    codeOf(counted as unknown as string)
    expect(counted.seen).toBeLessThanOrEqual(6 * text.length)
  })

  it('ends at the first bracket that is too deep', () => {
    const counted = new CountedText('['.repeat(1_000_000))
    expect(codeOf(counted as unknown as string)).toBe('invalid_frame')
    expect(counted.seen).toBeLessThan(100)
  })
})

describe('parseJsonData', () => {
  it('returns the same as JSON.parse, or that the text is no JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json({ maxDepth: 5 }), fc.string()), (text) => {
        const read = parseJsonData(text)
        if (read.fault === undefined) expect(read.data).toEqual(JSON.parse(text))
        else expect(() => JSON.parse(text)).toThrow(SyntaxError)
      }),
    )
  })

  it('keeps long arrays of bytes, and counts their numbers', () => {
    const list = Array.from({ length: 1000 }, (_, i) => i % 256)
    expect(parseJsonData(JSON.stringify({ list }))).toEqual({ data: { list }, listed: 1000 })
    expect(parseJsonData('[1,2]')).toEqual({ data: [1, 2], listed: 0 })
  })

  it('has the limits of frames', () => {
    expect(parseJsonData(arrays(limits.depth)).fault).toBeUndefined()
    expect(parseJsonData(arrays(limits.depth + 1))).toEqual({ fault: 'too_large' })
    expect(parseJsonData(JSON.stringify(Array(limits.values + 1).fill('')))).toEqual({ fault: 'too_large' })
    expect(parseJsonData('{')).toEqual({ fault: 'not_json' })
  })
})
