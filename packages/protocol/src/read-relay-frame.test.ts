import { describe, expect, it } from 'vitest'
import { readRelayFrame } from './read-relay-frame.js'

const read = (kind: string, body?: unknown) => readRelayFrame({ kind, body })

describe('readRelayFrame', () => {
  it('reads what has no body', () => expect(read('Ping')).toStrictEqual({ kind: 'Ping' }))

  it.each(['', 'Presence', 'Publish', 'Connect', ...Object.getOwnPropertyNames(Object.prototype)])(
    'lets the unknown kind %j pass',
    (kind) => expect(read(kind, { a: 1 })).toEqual({ kind, a: 1 }),
  )

  it('keeps fields that a newer relay adds', () => {
    expect(read('Ack', { ref: 1, position: 9 })).toEqual({ kind: 'Ack', ref: 1, position: 9 })
  })

  it('takes the kind from the tag, not from the body', () => {
    expect(read('Ack', { ref: 1, kind: 'Error' })).toEqual({ kind: 'Ack', ref: 1 })
    expect(read('Response', { ref: 1, message: '', kind: 'Error' })).toEqual({ kind: 'Response', ref: 1, message: '' })
  })

  it('reads a payload in each spelling, and keeps one only', () => {
    expect(read('Response', { ref: 1, message: 'x' })).toStrictEqual({ kind: 'Response', ref: 1, message: 'x' })
    for (const spelling of [{ bytes: '/w==' }, { message: Uint8Array.of(255) }])
      expect(read('Response', { ref: 1, ...spelling })).toStrictEqual({
        kind: 'Response',
        ref: 1,
        message: Uint8Array.of(255),
      })
  })

  it('reads headers in order, each value of a name by itself', () => {
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

  it('takes the sentence of an Error for what it is', () => {
    const body = { code: 'timeout', message: 'late', retry: true }
    expect(read('Error', body)).toStrictEqual({ kind: 'Error', ...body })
  })
})
