import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WildcastError } from './errors.js'
import { anyRelayFrame } from './frame.contract.js'
import { readRelayFrame } from './read-relay-frame.js'

const read = (kind: string, body?: unknown) => readRelayFrame({ kind, body })

function refusal(kind: string, body?: unknown): string {
  try {
    return `accepted ${JSON.stringify(read(kind, body))}`
  } catch (error) {
    if (error instanceof WildcastError && error.code === 'invalid_frame') return error.message
    throw error
  }
}

describe('readRelayFrame', () => {
  it('knows every kind that a relay sends', () => {
    for (const kind of Object.keys(anyRelayFrame).filter((kind) => kind !== 'Ping'))
      expect(refusal(kind)).toMatch(new RegExp(`^"${kind}" must be`))
    expect(read('Ping')).toEqual({ kind: 'Ping' })
  })

  it.each(['', 'Presence', 'Publish', 'Pong', ...Object.getOwnPropertyNames(Object.prototype)])(
    'leaves the unknown kind %j to a newer client',
    (kind) => expect(read(kind, {})).toBeUndefined(),
  )

  it.each([
    ['Welcome', { session: 's', brokers: [], limits: {} }, 'Welcome.ping'],
    ['Message', { subject: 'a', message: '' }, 'Message.id'],
    ['Message', { id: 1, message: '' }, 'Message.subject'],
    ['Message', { id: 1, subject: 'a' }, 'message'],
    ['Subscribed', { ref: 1 }, 'Subscribed.id'],
    ['Ack', {}, 'Ack.ref'],
    ['Response', { ref: 1 }, 'message'],
    ['Error', { code: 'timeout' }, 'Error.message'],
    ['GoingAway', {}, 'GoingAway.reconnect_in'],
    ['Received', -1, 'Received'],
  ])('refuses %s %j for want of %s', (kind, body, field) => {
    expect(refusal(kind, body)).toMatch(`"${field}" must be`)
  })

  it('keeps fields that a newer relay adds', () => {
    expect(read('Ack', { ref: 1, position: 9 })).toEqual({ kind: 'Ack', ref: 1, position: 9 })
  })

  it('takes the kind from the tag, not from the body', () => {
    expect(read('Ack', { ref: 1, kind: 'Error' })).toEqual({ kind: 'Ack', ref: 1 })
    expect(read('Response', { ref: 1, message: '', kind: 'Error' })).toEqual({ kind: 'Response', ref: 1, message: '' })
  })

  it('reads a payload in each spelling, and keeps one only', () => {
    expect(read('Response', { ref: 1, message: 'x' })).toStrictEqual({ kind: 'Response', ref: 1, message: 'x' })
    for (const spelling of [{ bytes: '/w==' }, { message: [255] }, { message: Uint8Array.of(255) }])
      expect(read('Response', { ref: 1, ...spelling })).toStrictEqual({
        kind: 'Response',
        ref: 1,
        message: Uint8Array.of(255),
      })
  })

  it('reads headers into a Map', () => {
    const message = { id: 1, subject: 'a', message: '', broker: 'test' }
    expect(read('Message', { ...message, headers: { constructor: 'x' } })).toStrictEqual({
      kind: 'Message',
      ...message,
      headers: new Map([['constructor', 'x']]),
    })
    expect(read('Message', { ...message, headers: null })).toStrictEqual({ kind: 'Message', ...message })
  })

  it('takes the sentence of an Error for what it is', () => {
    const body = { code: 'timeout', message: 'late', retry: true }
    expect(read('Error', body)).toStrictEqual({ kind: 'Error', ...body })
  })

  it('throws nothing but invalid_frame, whatever the body is', () => {
    const names = ['ref', 'id', 'subject', 'message', 'bytes', 'headers', 'code', 'session', 'reconnect_in']
    const body = fc.object({
      key: fc.constantFrom(...names),
      maxDepth: 2,
      withTypedArray: true,
      withNullPrototype: true,
    })
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(anyRelayFrame)), fc.oneof(body, fc.anything()), (kind, value) => {
        refusal(kind, value)
      }),
      { numRuns: 500 },
    )
  })
})
