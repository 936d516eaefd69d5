import { decode, ExtData, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WildcastError } from './errors.js'
import { parseMessagePack } from './parse-messagepack.js'

const hex = (text: string): Uint8Array =>
  Uint8Array.from(text.split(' ').filter(Boolean), (byte) => Number.parseInt(byte, 16))
const refused = (bytes: Uint8Array): string => {
  try {
    return `accepted ${JSON.stringify(parseMessagePack(bytes))}`
  } catch (error) {
    if (error instanceof WildcastError && /^(?:invalid_frame|too_large)$/.test(error.code)) return error.message
    throw error
  }
}

describe('parseMessagePack', () => {
  it.each([
    ['00', 0],
    ['7f', 127],
    ['ff', -1],
    ['e0', -32],
    ['c0', null],
    ['c2', false],
    ['c3', true],
    ['cc ff', 255],
    ['cd ff ff', 65_535],
    ['ce ff ff ff ff', 4_294_967_295],
    ['cf 00 1f ff ff ff ff ff ff', Number.MAX_SAFE_INTEGER],
    ['cf 00 00 00 00 00 00 00 01', 1],
    ['d0 80', -128],
    ['d0 7f', 127],
    ['d1 80 00', -32_768],
    ['d2 80 00 00 00', -2_147_483_648],
    ['d3 ff ff ff ff ff ff ff ff', -1],
    ['d3 ff e0 00 00 00 00 00 01', Number.MIN_SAFE_INTEGER],
    ['ca 3f 80 00 00', 1],
    ['cb 3f f8 00 00 00 00 00 00', 1.5],
    ['a0', ''],
    ['a2 68 69', 'hi'],
    ['d9 02 68 69', 'hi'],
    ['da 00 02 68 69', 'hi'],
    ['db 00 00 00 02 68 69', 'hi'],
    ['a4 f0 9f 98 80', '😀'],
    ['c4 02 ff 00', Uint8Array.of(255, 0)],
    ['c5 00 01 07', Uint8Array.of(7)],
    ['c6 00 00 00 00', new Uint8Array(0)],
    ['93 01 c0 a1 61', [1, null, 'a']],
    ['dc 00 01 01', [1]],
    ['dd 00 00 00 01 01', [1]],
    ['82 a1 61 01 a1 62 90', { a: 1, b: [] }],
    ['de 00 01 a1 61 80', { a: {} }],
    ['df 00 00 00 01 a1 61 01', { a: 1 }],
    ['82 a1 61 01 a1 61 02', { a: 2 }],
  ])('%s is %j', (bytes, value) => {
    expect(parseMessagePack(hex(bytes))).toEqual(value)
  })

  it('reads NaN as NaN', () => {
    expect(parseMessagePack(hex('cb 7f f8 00 00 00 00 00 00'))).toBeNaN()
  })

  it('returns the value that was encoded', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.uint8Array(),
          fc.maxSafeInteger(),
          fc.double(),
          fc.boolean(),
          fc.constant(null),
        ),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter((key) => key !== '__proto__'),
          tie('any'),
          { maxKeys: 4, noNullPrototype: true },
        ),
      ),
    })).any
    fc.assert(
      fc.property(value, (given) => {
        expect(parseMessagePack(encode(given))).toEqual(decode(encode(given)))
      }),
      { numRuns: 300 },
    )
  })

  it('keeps a leading U+FEFF, however long the string is', () => {
    for (const text of ['\ufeff', `\ufeff${'a'.repeat(300)}`]) expect(parseMessagePack(encode(text))).toBe(text)
  })

  it('returns byte strings as views, not copies', () => {
    const frame = hex('00 c4 02 07 08').subarray(1)
    expect((parseMessagePack(frame) as Uint8Array).buffer).toBe(frame.buffer)
  })
})

describe('parseMessagePack refuses as invalid_frame', () => {
  it.each([
    ['no bytes', '', /ends too early/],
    ['a value and more bytes', '01 01', /bytes follow/],
    ['two frames in one', '81 a1 61 01 81 a1 61 01', /bytes follow/],
    ['0xC1', 'c1', /extension type/],
    ['fixext 1', 'd4 70 00', /extension type/],
    ['fixext 16', `d8 01${' 00'.repeat(16)}`, /extension type/],
    ['a timestamp', 'd6 ff 00 00 00 00', /extension type/],
    ['ext 8', 'c7 01 70 00', /extension type/],
    ['ext 16', 'c8 00 01 70 00', /extension type/],
    ['ext 32', 'c9 00 00 00 01 70 00', /extension type/],
    ['an extension inside', '91 d4 70 00', /extension type/],
    ['array32 of 2^32 − 1', 'dd ff ff ff ff', /ends too early/],
    ['map32 of 2^32 − 1', 'df ff ff ff ff', /ends too early/],
    ['bin32 of 2^32 − 1', 'c6 ff ff ff ff', /ends too early/],
    ['str32 of 2^32 − 1', 'db ff ff ff ff', /ends too early/],
    ['an array that is one short', '92 01', /ends too early/],
    ['a map without its last value', '81 a1 61', /ends too early/],
    ['half a length', 'dd 00', /ends too early/],
    ['half a number', 'cb 00 00', /ends too early/],
    ['a string that is not UTF-8', 'a1 ff', /not UTF-8/],
    ['a string with an encoded surrogate', 'a3 ed a0 80', /not UTF-8/],
    ['a key that is not UTF-8', '81 a1 ff 01', /not UTF-8/],
    ['a number as key', '81 01 01', /key is not a string/],
    ['null as key', '81 c0 01', /key is not a string/],
    ['bytes as key', '81 c4 01 61 01', /key is not a string/],
    ['an array as key', '81 90 01', /key is not a string/],
    ['the key __proto__', '81 a9 5f 5f 70 72 6f 74 6f 5f 5f 80', /"__proto__"/],
  ])('%s', (_, bytes, why) => {
    expect(refused(hex(bytes))).toMatch(why)
  })

  it('an extension type of the encoder', () => {
    expect(refused(encode(new Date(0)))).toMatch(/extension type/)
    expect(refused(encode(new ExtData(0x70, Uint8Array.of(1))))).toMatch(/extension type/)
  })

  it.each([
    ['arrays', [0x91], 0x90],
    ['maps', [0x81, 0xa1, 0x61], 0x80],
  ])('more than 32 nested %s', (_, open, innermost) => {
    const nest = (depth: number) =>
      Uint8Array.from([
        ...Array(depth - 1)
          .fill(open)
          .flat(),
        innermost,
      ])
    expect(refused(nest(32))).toMatch(/^accepted/)
    expect(refused(nest(33))).toMatch(/deeper than 32/)
    expect(refused(new Uint8Array(1_000_000).fill(0x91))).toMatch(/deeper than 32/)
  })
})

it('treats the names of Object.prototype as ordinary keys, except "__proto__"', () => {
  const names = Object.getOwnPropertyNames(Object.prototype).filter((name) => name !== '__proto__')
  const parsed = parseMessagePack(encode(Object.fromEntries(names.map((name) => [name, 1])))) as object
  expect(Object.keys(parsed)).toEqual(names)
})

describe('the work', () => {
  /** Bytes that count how often each of them is read, singly or in a slice. */
  function counted(bytes: Uint8Array): { bytes: Uint8Array; seen: () => number } {
    let seen = 0
    const proxy = new Proxy(bytes, {
      get(target, name) {
        if (name === 'subarray')
          return (from: number, to: number) => {
            seen += to - from
            return target.subarray(from, to)
          }
        if (typeof name === 'string' && /^\d+$/.test(name)) seen++
        return Reflect.get(target, name, target)
      },
    })
    return { bytes: proxy, seen: () => seen }
  }
  const filled = (unit: number[], count: number): Uint8Array =>
    Uint8Array.from([0xdc, count >> 8, count & 0xff, ...Array(count).fill(unit).flat()])

  it.each([
    ['10,000 small numbers', filled([1], 10_000)],
    ['9,000 empty strings', filled([0xa0], 9000)],
    ['4,000 empty maps', filled([0x80], 4000)],
    ['9,000 floats', filled([0xca, 0, 0, 0, 0], 9000)],
    ['a long string', encode('é'.repeat(10_000))],
    ['9,000 keys', encode(Object.fromEntries(Array.from({ length: 9000 }, (_, i) => [`k${i}`, i])))],
  ])('reads each byte once: %s', (_, frame) => {
    const { bytes, seen } = counted(frame)
    expect(refused(bytes)).toMatch(/^accepted/)
    // The tag of the first value is read once more, to detect an array of bytes.
    expect(seen()).toBeLessThanOrEqual(frame.length + 1)
  })

  it('reads each of random bytes at most twice: again if a short string is not ASCII', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (random) => {
        const { bytes, seen } = counted(random)
        refused(bytes)
        expect(seen()).toBeLessThanOrEqual(2 * random.length)
      }),
      { numRuns: 500 },
    )
  })

  it('ends at the first impossible length, before anything is built', () => {
    const { bytes, seen } = counted(Uint8Array.from([0xdd, 0xff, 0xff, 0xff, 0xff, ...Array(1000).fill(0x90)]))
    expect(refused(bytes)).toMatch(/ends too early/)
    expect(seen()).toBe(5)
  })
})
