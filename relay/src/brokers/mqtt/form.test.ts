import { encode } from '@msgpack/msgpack'
import { encodeUtf8, parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { envelope, raw } from './form.js'

const bytes = Uint8Array.of(0, 255, 10)
const message = { subject: parseSubject('good.apple'), payload: bytes }

describe('the envelope of the original', () => {
  it('is an array of message, subject, broker and response subject, with the message as integers', () => {
    expect(envelope.write(message).toString('hex')).toBe(
      `94${'9300ccff0a'}${`aa${Buffer.from('good.apple').toString('hex')}`}c0c0`,
    )
  })

  it('is read as it was written', () => {
    const written = envelope.write({ ...message, responseSubject: parseSubject('response.1.x') })
    expect(envelope.read(written as Buffer)).toEqual({ payload: bytes, responseSubject: 'response.1.x' })
  })

  it.each([
    ['bin', [bytes, 'a', 'test', null], bytes],
    ['str', ['text', 'a', null, null], 'text'],
    ['a map', { message: [1, 2], subject: 'a', broker: null, response_subject: null }, Uint8Array.of(1, 2)],
  ])('is read with its message as %s', (_, form, payload) => {
    expect(envelope.read(encode(form))).toEqual({ payload })
  })

  it.each([
    ['plain text', encodeUtf8('hello')],
    ['nothing', new Uint8Array()],
    ['another array', encode([1, 2])],
    ['a message that is a number', encode([7, 'a', null, null])],
    ['integers that are no bytes', encode([[256], 'a', null, null])],
    ['texts instead of integers', encode([['x'], 'a', null, null])],
    ['a frame of a client', encode({ Subscribe: 'a' })],
    ['a JSON text', encodeUtf8('{"message":[1],"subject":"a"}')],
  ])('is not %s', (_, payload) => {
    expect(envelope.read(payload)).toBeUndefined()
  })
})

it('raw payloads are unchanged', () => {
  expect([raw.write(message), raw.write({ ...message, payload: 'ü' }), raw.read(bytes)]).toEqual([
    Buffer.from(bytes),
    'ü',
    { payload: bytes },
  ])
})
