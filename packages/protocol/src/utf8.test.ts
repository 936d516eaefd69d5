import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeUtf8, encodeUtf8, isWellFormed } from './utf8.js'
import { utf8Length } from './utf8-length.js'

const loneSurrogates = ['\ud800', 'a\ud800b', '\udc00', '\udc00\ud800', '\ud800\ud800\udc00']

const character = fc
  .oneof(
    fc.integer({ max: 0x7f, min: 0 }),
    fc.integer({ min: 0x80, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((point) => String.fromCodePoint(point))

/** Bytes that are not UTF-8, and why. */
const broken: readonly [why: string, bytes: number[]][] = [
  ['a byte that never occurs', [0xff]],
  ['a continuation first', [0x80]],
  ['an end in the middle of a character', [0xe2, 0x82]],
  ['an overlong form', [0xc0, 0xaf]],
  ['an encoded surrogate', [0xed, 0xa0, 0x80]],
  ['a code point past U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
]

it('encodes and decodes every well-formed text', () => {
  fc.assert(
    fc.property(fc.string({ unit: character }), (text) => {
      expect(decodeUtf8(encodeUtf8(text))).toBe(text)
    }),
  )
})

it.each(['\ufeff', '\ufeff{}', 'a\ufeff', '\0', '\u2028', '\ufffd'])('keeps %j', (text) => {
  expect(decodeUtf8(encodeUtf8(text))).toBe(text)
})

it.each(broken)('decodes no text from %s', (_, bytes) => {
  expect(decodeUtf8(Uint8Array.from(bytes))).toBeUndefined()
  expect(decodeUtf8(Uint8Array.from([0x61, ...bytes, 0x61]))).toBeUndefined()
})

it('keeps no state of bytes that are not UTF-8', () => {
  expect(decodeUtf8(Uint8Array.of(0xef, 0xbb))).toBeUndefined()
  expect(decodeUtf8(Uint8Array.of(0x61))).toBe('a')
  expect(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\ufeffa')
})

it('counts the bytes of the encoded text, also for lone surrogates', () => {
  const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 })
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: character }),
        units.map((all) => String.fromCharCode(...all)),
      ),
      (text) => {
        expect(utf8Length(text)).toBe(encodeUtf8(text).length)
      },
    ),
  )
  for (const text of loneSurrogates) expect(utf8Length(text)).toBe(encodeUtf8(text).length)
})

it('detects texts with a lone surrogate', () => {
  for (const text of loneSurrogates) expect(isWellFormed(text)).toBe(false)
  for (const text of ['', 'a', '😀', '\ufffd', '\ufeff', '\ud83d\ude00\ud83d\ude00'])
    expect(isWellFormed(text)).toBe(true)
})
