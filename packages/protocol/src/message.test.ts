import { describe, expect, it } from 'vitest'
import { type Payload, payloadBytes, payloadText } from './message.js'
import { payloadSize } from './payload-size.js'

const cases: readonly [name: string, payload: Payload, bytes: number[], text: string | undefined][] = [
  ['a text', 'hi', [104, 105], 'hi'],
  ['an empty text', '', [], ''],
  ['a text of several bytes a character', 'ä😀', [0xc3, 0xa4, 0xf0, 0x9f, 0x98, 0x80], 'ä😀'],
  ['a text with U+FEFF', '\ufeffa', [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
  ['bytes of a text', Uint8Array.of(104, 105), [104, 105], 'hi'],
  ['bytes that begin with U+FEFF', Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), [0xef, 0xbb, 0xbf, 0x61], '\ufeffa'],
  ['no bytes', new Uint8Array(0), [], ''],
  ['bytes that are no text', Uint8Array.of(0xff, 0x00), [0xff, 0x00], undefined],
]

describe.each(cases)('%s', (_, payload, bytes, text) => {
  it('has its bytes', () => expect([...payloadBytes(payload)]).toEqual(bytes))
  it('has its text, if any', () => expect(payloadText(payload)).toBe(text))
  it('has its size', () => expect(payloadSize(payload)).toBe(bytes.length))
})

it('bytes are returned without a copy', () => {
  const bytes = Uint8Array.of(1, 2)
  expect(payloadBytes(bytes)).toBe(bytes)
})
