import { describe, expect, it } from 'vitest'
import { preservedInClassic, unsupportedInClassic } from './classic.contract.js'
import { readClassicFrame } from './classic.js'
import { classicJsonCodec } from './classic-json-codec.js'
import { codecContract } from './codec.contract.js'
import { readRelayFrame } from './read-relay-frame.js'

codecContract(classicJsonCodec, {
  wire: JSON.stringify,
  unsupported: unsupportedInClassic,
  preserved: preservedInClassic,
})

const hi = Uint8Array.of(104, 105)

describe('classic-json writes', () => {
  it.each([
    ['{"Subscribe":"good.*"}', { kind: 'Subscribe', ref: 1, subject: 'good.*' }],
    [
      '{"Publish":{"message":[104,105],"subject":"good.test","broker":null,"response_subject":null}}',
      { kind: 'Publish', subject: 'good.test', message: 'hi' },
    ],
    [
      '{"message":[104,105],"subject":"good.test","broker":"test","response_subject":null}',
      { kind: 'Message', id: 7, subject: 'good.test', message: 'hi', broker: 'test' },
    ],
    [
      '{"message":[255,0],"subject":"a","broker":"test","response_subject":"b"}',
      { kind: 'Message', id: 7, subject: 'a', message: Uint8Array.of(255, 0), broker: 'test', response_subject: 'b' },
    ],
    [
      '{"message":[],"subject":"a","broker":"test","response_subject":null}',
      { kind: 'Message', id: 7, subject: 'a', message: '', broker: 'test' },
    ],
  ] as const)('%s', (text, frame) => {
    expect(classicJsonCodec.encode(frame)).toBe(text)
  })
})

describe('classic-json reads', () => {
  it.each([
    ['{"Subscribe": "good.*"}', { kind: 'Subscribe', subject: 'good.*' }],
    [
      '{"Publish": {"message": [104,105], "subject": "good.test", "broker": null, "response_subject": null}}',
      { kind: 'Publish', subject: 'good.test', message: hi },
    ],
    [
      '{"Publish": {"subject": "good.test", "message": [104,105]}}',
      { kind: 'Publish', subject: 'good.test', message: hi },
    ],
    [
      '{"Publish": [[104,105], "a", "test", "b"]}',
      { kind: 'Publish', subject: 'a', message: hi, broker: 'test', response_subject: 'b' },
    ],
    ['{"Publish": {"subject": "a", "message": "hi"}}', { kind: 'Publish', subject: 'a', message: 'hi' }],
    [
      '{"Publish": {"subject": "a", "message": [], "ref": "x", "wildcard": 1}}',
      { kind: 'Publish', subject: 'a', message: new Uint8Array(0) },
    ],
  ])('%s', (text, frame) => {
    expect(readClassicFrame(classicJsonCodec.decode(text))).toEqual(frame)
  })

  it.each([
    '"Pong"',
    '{"Connect":{}}',
    '{"Subscribe":{"subject":"a"}}',
    '{"Subscribe":"a","Publish":{}}',
    '{"Publish":null}',
    '{"Publish":{"subject":"a"}}',
    '{"Publish":{"message":[]}}',
    '{"Publish":{"subject":"a","message":[256]}}',
    '{"Publish":{"subject":"a","message":[-1]}}',
    '{"Publish":{"subject":"a","message":[1.5]}}',
    '{"Publish":{"subject":"a","message":["a"]}}',
    '{"Publish":{"subject":"a","message":"\\ud800"}}',
    '{"Publish":{"subject":1,"message":[]}}',
    '{"Publish":{"subject":"a","message":[],"broker":1}}',
    '{"Publish":[[104,105],"a"]}',
    '{"message":[],"subject":"a","broker":"test","response_subject":null}',
  ])('but refuses %s', (text) => {
    expect(() => readClassicFrame(classicJsonCodec.decode(text))).toThrow(
      expect.objectContaining({ code: 'invalid_frame' }),
    )
  })

  it('a delivery without a response subject', () => {
    const text = '{"message":[104,105],"subject":"good.test","broker":"test","response_subject":null}'
    const frame = readRelayFrame(classicJsonCodec.decode(text))
    expect(frame).toStrictEqual({ kind: 'Message', id: 0, subject: 'good.test', message: hi, broker: 'test' })
  })
})
