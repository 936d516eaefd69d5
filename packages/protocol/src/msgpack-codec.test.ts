import { encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { codecContract } from './codec.contract.js'
import { msgpackCodec } from './msgpack-codec.js'
import { readClientFrame } from './read-client-frame.js'

codecContract(msgpackCodec, { wire: (value) => encode(value) })

it('has its subprotocol', () => expect(msgpackCodec.subprotocol).toBe('wildcast.v1+msgpack'))

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

describe('msgpack writes', () => {
  it.each([
    // "Pong"
    ['a4 506f6e67', { kind: 'Pong' }],
    // {"Received": 300}
    ['81 a8 5265636569766564 cd 012c', { kind: 'Received', count: 300 }],
    // {"Publish": {"ref": 1, "subject": "a", "message": bin "hi"}}
    [
      '81 a7 5075626c697368 83 a3 726566 01 a7 7375626a656374 a1 61 a7 6d657373616765 c4 02 6869',
      { kind: 'Publish', ref: 1, subject: 'a', message: 'hi', broker: undefined },
    ],
    // {"Message": {"id": 7, "subject": "a", "message": bin ff, "broker": "test"}}
    [
      '81 a7 4d657373616765 84 a2 6964 07 a7 7375626a656374 a1 61 a7 6d657373616765 c401ff a6 62726f6b6572 a4 74657374',
      { kind: 'Message', id: 7, subject: 'a', message: Uint8Array.of(255), broker: 'test' },
    ],
  ] as const)('%s', (hex, frame) => {
    expect(msgpackCodec.encode(frame)).toEqual(bytes(hex))
  })
})

describe('msgpack reads', () => {
  it.each([
    // {"Subscribe": "a"}
    ['81 a9 537562736372696265 a1 61', { kind: 'Subscribe', subject: 'a' }],
    // {"Publish": {"subject": "a", "message": "hi"}}
    [
      '81 a7 5075626c697368 82 a7 7375626a656374 a1 61 a7 6d657373616765 a2 6869',
      { kind: 'Publish', subject: 'a', message: 'hi' },
    ],
    // {"Publish": {"subject": "a", "message": [104, 255]}}
    [
      '81 a7 5075626c697368 82 a7 7375626a656374 a1 61 a7 6d657373616765 92 68 cc ff',
      { kind: 'Publish', subject: 'a', message: Uint8Array.of(104, 255) },
    ],
    // {"Publish": {"subject": "a", "bytes": bin ff}}
    [
      '81 a7 5075626c697368 82 a7 7375626a656374 a1 61 a5 6279746573 c4 01 ff',
      { kind: 'Publish', subject: 'a', message: Uint8Array.of(255) },
    ],
    // {"Cancel": {"ref": 1.0}}: a whole float is a whole number
    ['81 a6 43616e63656c 81 a3 726566 cb 3ff0000000000000', { kind: 'Cancel', ref: 1 }],
  ])('%s', (hex, frame) => {
    expect(readClientFrame(msgpackCodec.decode(bytes(hex)))).toEqual(frame)
  })

  it.each([
    ['not a number', 'cb 7ff8000000000000'],
    ['1.5', 'cb 3ff8000000000000'],
    ['2^53', 'cf 0020000000000000'],
    ['2^64 - 1', 'cf ffffffffffffffff'],
    ['-1', 'd3 ffffffffffffffff'],
    ['text', 'a1 31'],
  ])('no ref that is %s', (_, ref) => {
    const frame = bytes(`81 a6 43616e63656c 81 a3 726566 ${ref}`)
    expect(() => readClientFrame(msgpackCodec.decode(frame))).toThrow(/"ref" must be a whole number/)
  })
})
