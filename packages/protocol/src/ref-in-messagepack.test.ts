import { ExtData, encode } from '@msgpack/msgpack'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { refInMessagePack } from './ref-in-messagepack.js'

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const nested = (depth: number): unknown => Array.from({ length: depth }).reduce((inner) => [inner], [])
const ext = (length: number): ExtData => new ExtData(5, new Uint8Array(length))
const publish = (body: unknown): Uint8Array => encode({ Publish: body }, { maxDepth: 200 })
const cut = (data: Uint8Array): Uint8Array => data.subarray(0, -1)

test.each<[string, Uint8Array]>([
  ...[1, 2, 3, 4, 8, 16, 17, 300, 70_000].map((length): [string, Uint8Array] => [
    `an extension type of ${length} bytes before it`,
    publish({ message: ext(length), ref: 7 }),
  ]),
  ['an extension type after it', publish({ ref: 7, message: ext(4) })],
  ['a timestamp', publish({ message: new Date(0), ref: 7 })],
  ['two kinds', encode({ Subscribe: 'a', Publish: { ref: 7 } })],
  ['nesting that is too deep', publish({ message: nested(99), ref: 7 })],
  ['a map whose keys are not strings', bytes('81 a7 5075626c697368 82 01 02 a3 726566 07')],
  ['a string that is not UTF-8', bytes('81 a7 5075626c697368 82 a1 ff a1 ff a3 726566 07')],
  ['the byte 0xC1', bytes('81 a7 5075626c697368 82 a1 61 c1 a3 726566 07')],
  ['bytes that follow', bytes('81 a7 5075626c697368 81 a3 726566 07 00')],
  ['an end that comes too early', cut(publish({ ref: 7, message: 'hi' }))],
  ['one that is nested', publish({ headers: { ref: 8 }, ref: 7, message: ext(1) })],
  ['a value of that name', publish({ subject: 'ref', ref: 7, message: ext(1) })],
  ['a float', bytes('81 a7 5075626c697368 81 a3 726566 cb 401c000000000000')],
  ['a short float', bytes('81 a7 5075626c697368 81 a3 726566 ca 40e00000')],
])('finds the ref in spite of %s', (_, data) => expect(refInMessagePack(data)).toBe(7))

test.each<[string, Uint8Array]>([
  ['nothing', bytes('')],
  ['no map', bytes('93 01 02 03')],
  ['no ref', publish({ message: ext(4) })],
  ['a ref outside of the body', encode({ ref: 7, Publish: {} })],
  ['a text', publish({ ref: '7' })],
  ['a fraction', publish({ ref: 7.5 })],
  ['a negative number', publish({ ref: -7 })],
  ['a number that is too large', publish({ ref: 2 ** 53 })],
  ['a number that is cut off', cut(publish({ ref: 70_000 }))],
  ['a map that ends before its value', bytes('81 a7 5075626c697368 81 a3 726566')],
  ['a length past the end', bytes('81 a7 5075626c697368 82 a1 61 c6 ffffffff a3 726566 07')],
])('finds no ref in %s', (_, data) => expect(refInMessagePack(data)).toBeUndefined())

test('reads any bytes without throwing, and skips any value of a frame', () => {
  const head = bytes('81 a7 5075626c697368 8f')
  fc.assert(fc.property(fc.uint8Array(), (rest) => void refInMessagePack(Uint8Array.of(...head, ...rest))))
  fc.assert(
    fc.property(fc.jsonValue(), fc.maxSafeNat(), (value, ref) => {
      expect(refInMessagePack(publish({ message: value, ref }))).toBe(ref)
    }),
  )
})

test('reads a bounded part of the bytes', () => {
  const many = new Uint8Array(4 * 1024 * 1024).fill(0x80)
  many.set(bytes('81 a7 5075626c697368 df 00100000'))
  expect(refInMessagePack(many)).toBeUndefined()
})
