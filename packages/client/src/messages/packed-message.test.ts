import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReceivedMessage } from './message.js'
import { packMessage, unpackMessage } from './packed-message.js'

test('a packed message is the same after JSON, whatever its payload', () => {
  const payload = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array(), fc.json())
  fc.assert(
    fc.property(payload, fc.option(fc.constantFrom('t-1', 't-2'), { nil: undefined }), (message, number) => {
      const frame = { id: 3, subject: 'good.apple', broker: 'test', headers: [['a', 'b']] as const, user: 'ada' }
      const versions = { revision: number, position: number, retained: true, replayed: true } as const
      const given = new ReceivedMessage({ kind: 'Message', message, ...frame, ...versions }, 'good.*', 7)
      const taken = unpackMessage(JSON.parse(JSON.stringify(packMessage(given))))
      for (const name of ['subject', 'pattern', 'params', 'data', 'broker', 'receivedAt', 'headerList'] as const)
        expect(taken[name]).toEqual(given[name])
      for (const name of ['revision', 'position', 'user', 'retained', 'replayed', 'deleted'] as const)
        expect(taken[name]).toEqual(given[name])
      expect(new Uint8Array(taken.bytes)).toEqual(new Uint8Array(given.bytes))
      expect(taken.respond).toBe(undefined)
    }),
  )
})

test('other JSON is refused', () => {
  const packed = { pattern: 'a', receivedAt: 0 }
  expect(() => unpackMessage({ ...packed, frame: '{"Pong":{}}' })).toThrow('no message')
  expect(() => unpackMessage({ ...packed, frame: '{' })).toThrow()
})
