import fc from 'fast-check'
import { expect, it } from 'vitest'
import { decodeBase64, encodeBase64 } from './base64.js'
import { encodeUtf8 } from './utf8.js'

it.each([
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foobar', 'Zm9vYmFy'],
])('encodes %j as %j and decodes it (RFC 4648, section 10)', (text, base64) => {
  expect(encodeBase64(encodeUtf8(text))).toBe(base64)
  expect(decodeBase64(base64)).toEqual(encodeUtf8(text))
})

it('encodes and decodes every byte', () => {
  const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
  expect(decodeBase64(encodeBase64(all))).toEqual(all)
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
    }),
  )
})

it('encodes more bytes than a call accepts arguments', () => {
  const bytes = new Uint8Array(200_000).fill(0xff)
  expect(encodeBase64(bytes)).toBe(`${'////'.repeat(66_666)}//8=`)
})

it('decodes text without padding', () => {
  expect(decodeBase64('Zg')).toEqual(encodeUtf8('f'))
})

it.each(['Z', 'Zg=', '====', 'Zm9-', 'Zm9_', 'Zm9vé', '!'])('refuses to decode %j', (text) => {
  expect(() => decodeBase64(text)).toThrow()
})
