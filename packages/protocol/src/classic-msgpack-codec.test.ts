import { encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { preservedInClassic, unsupportedInClassic } from './classic.contract.js'
import { readClassicFrame } from './classic.js'
import { classicMsgpackCodec } from './classic-msgpack-codec.js'
import { codecContract } from './codec.contract.js'
import { readRelayFrame } from './read-relay-frame.js'

codecContract(classicMsgpackCodec, {
  wire: (value) => encode(value),
  unsupported: unsupportedInClassic,
  preserved: preservedInClassic,
})

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
const hi = Uint8Array.of(104, 105)

// Strings in the test vectors.
const publish = 'a7 5075626c697368'
const message = 'a7 6d657373616765'
const subject = 'a7 7375626a656374'
const broker = 'a6 62726f6b6572'
const responseSubject = 'b0 726573706f6e73655f7375626a656374'
const goodTest = 'a9 676f6f642e74657374'
const test = 'a4 74657374'

describe('classic-msgpack writes', () => {
  it.each([
    ['Subscribe', '81 a9 537562736372696265 a6 676f6f642e2a', { kind: 'Subscribe', ref: 1, subject: 'good.*' }],
    [
      'Publish as a positional array',
      `81 ${publish} 94 92 68 69 ${goodTest} c0 c0`,
      { kind: 'Publish', subject: 'good.test', message: 'hi' },
    ],
    [
      'a delivery as a positional array',
      `94 92 68 69 ${goodTest} ${test} c0`,
      { kind: 'Message', id: 7, subject: 'good.test', message: 'hi', broker: 'test' },
    ],
    [
      'bytes above 127 as two bytes each',
      `94 93 00 7f cc ff a1 61 ${test} a1 62`,
      {
        kind: 'Message',
        id: 7,
        subject: 'a',
        message: Uint8Array.of(0, 127, 255),
        broker: 'test',
        response_subject: 'b',
      },
    ],
  ] as const)('%s', (_, hex, frame) => {
    expect(classicMsgpackCodec.encode(frame)).toEqual(bytes(hex))
  })
})

describe('classic-msgpack reads', () => {
  const read = (hex: string) => readClassicFrame(classicMsgpackCodec.decode(bytes(hex)))

  it('Subscribe', () => {
    expect(read('81 a9 537562736372696265 a6 676f6f642e2a')).toEqual({ kind: 'Subscribe', subject: 'good.*' })
  })

  it.each([
    ['a map', `81 ${publish} 84 ${message} 92 68 69 ${subject} ${goodTest} ${broker} ${test} ${responseSubject} a1 62`],
    ['a positional array', `81 ${publish} 94 92 68 69 ${goodTest} ${test} a1 62`],
    ['a positional array with the message as bin', `81 ${publish} 94 c4 02 6869 ${goodTest} ${test} a1 62`],
    [
      'a map with the message as bin',
      `81 ${publish} 84 ${subject} ${goodTest} ${message} c4 02 6869 ${broker} ${test} ${responseSubject} a1 62`,
    ],
  ])('Publish as %s', (_, hex) => {
    expect(read(hex)).toEqual({
      kind: 'Publish',
      subject: 'good.test',
      message: hi,
      broker: 'test',
      response_subject: 'b',
    })
  })

  it.each([
    ['missing', `81 ${publish} 82 ${message} a2 6869 ${subject} ${goodTest}`],
    ['nil', `81 ${publish} 84 ${message} a2 6869 ${subject} ${goodTest} ${broker} c0 ${responseSubject} c0`],
    ['nil in the positional array', `81 ${publish} 94 a2 6869 ${goodTest} c0 c0`],
  ])('Publish with a message as str, and broker and response subject %s', (_, hex) => {
    expect(read(hex)).toEqual({ kind: 'Publish', subject: 'good.test', message: 'hi' })
  })

  it.each([
    ['a positional array that is too short', `81 ${publish} 92 92 68 69 ${goodTest}`],
    ['a byte above 255', `81 ${publish} 94 91 cd 0100 ${goodTest} c0 c0`],
    ['a bare delivery', `94 92 68 69 ${goodTest} ${test} c0`],
    ['an empty array', '90'],
  ])('but refuses %s', (_, hex) => {
    expect(() => read(hex)).toThrow(expect.objectContaining({ code: 'invalid_frame' }))
  })

  it('a delivery without a response subject', () => {
    const frame = readRelayFrame(classicMsgpackCodec.decode(bytes(`94 92 68 69 ${goodTest} ${test} c0`)))
    expect(frame).toStrictEqual({ kind: 'Message', id: 0, subject: 'good.test', message: hi, broker: 'test' })
  })
})
