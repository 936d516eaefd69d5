import { describe, expect, it } from 'vitest'
import { readRelayFrame } from './read-relay-frame.js'

const read = (kind: string, body?: unknown) => readRelayFrame({ kind, body })

describe('readRelayFrame', () => {
  it('reads a frame without a body', () => expect(read('Ping')).toStrictEqual({ kind: 'Ping' }))

  it.each(['', 'Presence', 'Publish', 'Connect', ...Object.getOwnPropertyNames(Object.prototype)])(
    'returns the unknown kind %j',
    (kind) => expect(read(kind, { a: 1 })).toEqual({ kind, a: 1 }),
  )

  it('keeps the fields of a newer relay', () => {
    expect(read('Ack', { ref: 1, position: 9 })).toEqual({ kind: 'Ack', ref: 1, position: 9 })
  })

  it('takes the kind from the tag, not from the body', () => {
    expect(read('Ack', { ref: 1, kind: 'Error' })).toEqual({ kind: 'Ack', ref: 1 })
    expect(read('Response', { ref: 1, message: '', kind: 'Error' })).toEqual({ kind: 'Response', ref: 1, message: '' })
  })

  it('reads a payload in each form, and keeps one field', () => {
    expect(read('Response', { ref: 1, message: 'x' })).toStrictEqual({ kind: 'Response', ref: 1, message: 'x' })
    for (const form of [{ bytes: '/w==' }, { message: Uint8Array.of(255) }])
      expect(read('Response', { ref: 1, ...form })).toStrictEqual({
        kind: 'Response',
        ref: 1,
        message: Uint8Array.of(255),
      })
  })

  it('reads headers in order, with a pair for each value of a name', () => {
    const message = { id: 1, subject: 'a', message: '', broker: 'test' }
    expect(read('Message', { ...message, headers: { constructor: 'x', trace: ['1', '2'] } })).toStrictEqual({
      kind: 'Message',
      ...message,
      headers: [
        ['constructor', 'x'],
        ['trace', '1'],
        ['trace', '2'],
      ],
    })
    expect(read('Message', { ...message, headers: null })).toMatchObject(message)
  })

  it('leaves the message of an Error as it is', () => {
    const body = { code: 'timeout', message: 'late', retry: true }
    expect(read('Error', body)).toStrictEqual({ kind: 'Error', ...body })
  })
})
