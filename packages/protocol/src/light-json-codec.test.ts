import { describe, expect, it } from 'vitest'
import { codecContract } from './codec.contract.js'
import { jsonCodec } from './json-codec.js'
import { lightJsonCodec } from './light-json-codec.js'
import { readClientFrame } from './read-client-frame.js'

codecContract(lightJsonCodec, {
  wire: JSON.stringify,
  trustReason: 'only clients use it, and a relay validates what it sends',
})

it('has the same subprotocol as jsonCodec', () => expect(lightJsonCodec.subprotocol).toBe(jsonCodec.subprotocol))

describe('light json writes what jsonCodec reads', () => {
  it.each([
    ['"Pong"', { kind: 'Pong' }],
    ['{"Received":5}', { kind: 'Received', count: 5 }],
    ['{"Subscribe":{"ref":1,"subject":"good.*"}}', { kind: 'Subscribe', ref: 1, subject: 'good.*', broker: undefined }],
    ['{"Publish":{"subject":"a","message":""}}', { kind: 'Publish', subject: 'a', message: '' }],
    ['{"Publish":{"subject":"a","bytes":"aGk="}}', { kind: 'Publish', subject: 'a', message: Uint8Array.of(104, 105) }],
    [
      '{"Publish":{"subject":"a","message":"","headers":{"x":"1"}}}',
      { kind: 'Publish', subject: 'a', message: '', headers: [['x', '1']] },
    ],
    [
      '{"Publish":{"subject":"a","message":"","headers":{"x":["1",""],"constructor":"2"}}}',
      {
        kind: 'Publish',
        subject: 'a',
        message: '',
        headers: [
          ['x', '1'],
          ['x', ''],
          ['constructor', '2'],
        ],
      },
    ],
  ] as const)('%s', (text, frame) => {
    expect(lightJsonCodec.encode(frame)).toBe(text)
    expect(readClientFrame(jsonCodec.decode(text))).toEqual(frame)
  })
})
