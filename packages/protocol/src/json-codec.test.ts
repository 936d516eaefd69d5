import { describe, expect, it } from 'vitest'
import { codecContract } from './codec.contract.js'
import { jsonCodec } from './json-codec.js'
import { readClientFrame } from './read-client-frame.js'

codecContract(jsonCodec, { wire: JSON.stringify })

it('has its subprotocol', () => expect(jsonCodec.subprotocol).toBe('wildcast.v1+json'))

const repeated = [
  ['x', '1'],
  ['y', '3'],
  ['x', '2'],
  ['x', '1'],
] as const

describe('json writes', () => {
  it.each([
    ['"Pong"', { kind: 'Pong' }],
    ['"Ping"', { kind: 'Ping' }],
    ['{"Received":5}', { kind: 'Received', count: 5 }],
    ['{"Connect":{}}', { kind: 'Connect' }],
    ['{"Subscribe":{"ref":1,"subject":"good.*"}}', { kind: 'Subscribe', ref: 1, subject: 'good.*', broker: undefined }],
    [
      '{"Publish":{"ref":2,"subject":"good.test","message":"hi"}}',
      { kind: 'Publish', ref: 2, subject: 'good.test', message: 'hi' },
    ],
    [
      '{"Message":{"id":7,"subject":"good.test","message":"h\\"i","broker":"test"}}',
      { kind: 'Message', id: 7, subject: 'good.test', message: Uint8Array.of(104, 34, 105), broker: 'test' },
    ],
    [
      '{"Message":{"id":7,"subject":"a","bytes":"/wA=","broker":"test"}}',
      { kind: 'Message', id: 7, subject: 'a', message: Uint8Array.of(255, 0), broker: 'test' },
    ],
    [
      '{"Response":{"ref":3,"message":"\ufeff"}}',
      { kind: 'Response', ref: 3, message: Uint8Array.of(0xef, 0xbb, 0xbf) },
    ],
    [
      '{"Publish":{"subject":"a","message":"","headers":{"x":"1"}}}',
      { kind: 'Publish', subject: 'a', message: '', headers: [['x', '1']] },
    ],
    [
      '{"Publish":{"subject":"a","message":"","headers":{"x":["1","2","1"],"y":"3"}}}',
      { kind: 'Publish', subject: 'a', message: '', headers: repeated },
    ],
    [
      '{"Message":{"id":1,"subject":"a","message":"","broker":"b","headers":{"x":["1","2","1"],"y":"3"}}}',
      { kind: 'Message', id: 1, subject: 'a', message: '', broker: 'b', headers: repeated },
    ],
    ['{"GoingAway":{"reconnect_in":[0,5000]}}', { kind: 'GoingAway', reconnect_in: [0, 5000] }],
    [
      '{"Error":{"ref":1,"code":"timeout","message":"late","retry":true}}',
      { kind: 'Error', ref: 1, code: 'timeout', message: 'late', retry: true },
    ],
  ] as const)('%s', (text, frame) => {
    expect(jsonCodec.encode(frame)).toBe(text)
  })
})

describe('json reads', () => {
  it.each([
    ['{"Subscribe":"good.*"}', { kind: 'Subscribe', subject: 'good.*' }],
    [' {\n"Subscribe" : "good.*" } ', { kind: 'Subscribe', subject: 'good.*' }],
    ['{"Publish":{"subject":"a","message":"hi"}}', { kind: 'Publish', subject: 'a', message: 'hi' }],
    [
      '{"Publish":{"subject":"a","message":[104,105]}}',
      { kind: 'Publish', subject: 'a', message: Uint8Array.of(104, 105) },
    ],
    ['{"Publish":{"subject":"a","bytes":"/wA="}}', { kind: 'Publish', subject: 'a', message: Uint8Array.of(255, 0) }],
    ['{"Publish":{"subject":"a","bytes":[255]}}', { kind: 'Publish', subject: 'a', message: Uint8Array.of(255) }],
    ['{"Publish":{"subject":"a","subject":"b","message":""}}', { kind: 'Publish', subject: 'b', message: '' }],
    ['{"Subscribe":"a","Subscribe":"b"}', { kind: 'Subscribe', subject: 'b' }],
    ['{"Pong":null}', { kind: 'Pong' }],
  ])('%s', (text, frame) => {
    expect(readClientFrame(jsonCodec.decode(text))).toEqual(frame)
  })
})
