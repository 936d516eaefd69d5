import { describe, expect, it } from 'vitest'
import { WildcastError } from './errors.js'
import { jsonCodec } from './json-codec.js'
import { readClientFrame } from './read-client-frame.js'

// The fields are read through a Publish, which has most of them.

function publish(fields: object): unknown {
  return readClientFrame({ kind: 'Publish', body: { subject: 'a', ...fields } })
}

function refusal(fields: object): string {
  try {
    return `accepted ${JSON.stringify(publish(fields))}`
  } catch (error) {
    if (error instanceof WildcastError && error.code === 'invalid_frame') return error.message
    throw error
  }
}

describe('the payload', () => {
  const payloadOf = (fields: object) => (publish(fields) as { message: unknown }).message

  it.each([
    [{ message: '' }, ''],
    [{ message: '\ufeff\u2028' }, '\ufeff\u2028'],
    [{ message: [0, 255] }, Uint8Array.of(0, 255)],
    [{ message: [] }, new Uint8Array(0)],
    [{ message: Uint8Array.of(1) }, Uint8Array.of(1)],
    [{ bytes: '/wA=' }, Uint8Array.of(255, 0)],
    [{ bytes: '' }, new Uint8Array(0)],
    [{ bytes: [7] }, Uint8Array.of(7)],
    [{ bytes: Uint8Array.of(7) }, Uint8Array.of(7)],
    [{ message: null, bytes: [7] }, Uint8Array.of(7)],
    [{ message: 'x', bytes: 'not looked at' }, 'x'],
  ])('%j is %j', (fields, payload) => {
    expect(payloadOf(fields)).toEqual(payload)
  })

  it.each(['\ud800', 'a\udc00b', '\udc00\ud800'])('must not be a text with a lone surrogate: %j', (message) => {
    expect(refusal({ message })).toMatch(/well-formed Unicode; send other bytes as "bytes"/)
  })

  it.each([[[256]], [[-1]], [[0.5]], [['1']], [[null]], [[Number.NaN]], [[[]]]])(
    'must not be an array like %j',
    (message) => {
      expect(refusal({ message })).toMatch(/whole numbers from 0 to 255/)
    },
  )

  it('must be valid base64 in "bytes"', () => {
    expect(refusal({ bytes: '!' })).toBe('"bytes" must be base64')
  })

  it('may be absent only on a failed answer', () => {
    const error = { code: 'app', message: 'no' }
    expect(publish({ error })).toEqual({ kind: 'Publish', subject: 'a', message: '', error })
    expect(publish({ error, message: 'x' })).toMatchObject({ message: 'x' })
    expect(refusal({ error, message: 0 })).toMatch(/"message" must be/)
    expect(refusal({})).toMatch(/"message" must be/)
  })
})

describe('headers', () => {
  const own = (name: string, value: unknown) => ({ message: '', headers: Object.fromEntries([[name, value]]) })

  it('become pairs in order, whatever their names', () => {
    for (const name of ['x', 'Content-Type', 'constructor', 'toString', 'hasOwnProperty', 'then', "!#$%&'*.^`|~+-"])
      expect(publish(own(name, 'v'))).toMatchObject({ headers: [[name, 'v']] })
    expect(publish({ message: '', headers: { z: '1', a: '2' } })).toMatchObject({
      headers: [
        ['z', '1'],
        ['a', '2'],
      ],
    })
  })

  it('may have an array of values, each of which becomes a pair', () => {
    expect(publish({ message: '', headers: { z: ['1', '', '1'], a: ['2'] } })).toMatchObject({
      headers: [
        ['z', '1'],
        ['z', ''],
        ['z', '1'],
        ['a', '2'],
      ],
    })
  })

  it('are at most 64 pairs, and are counted before they are read', () => {
    const values = (count: number): unknown[] => Array.from({ length: count }, () => 7)
    const tooLarge = expect.objectContaining({ code: 'too_large' })
    for (const headers of [{ x: values(65) }, { a: Array(60).fill(''), b: values(5) }, { x: values(1_000_000) }])
      expect(() => publish({ message: '', headers })).toThrow(tooLarge)
    expect(publish({ message: '', headers: { a: Array(60).fill(''), b: Array(4).fill('') } })).toMatchObject({
      headers: { length: 64 },
    })
  })

  it.each(['', ' ', 'a b', 'a:b', 'a\r\nb', 'a\n', 'ä', 'a/b', 'a\0', '__proto__'])(
    'must not have the name %j',
    (name) => {
      expect(refusal(own(name, 'v'))).toMatch(/"headers" must be named by tokens/)
    },
  )

  it.each(['a\r\nb: c', '\0', '\t', '\u0085', '\ud800', 7, null, [], [7], [['a']], ['a', null], ['a', 'b\nc']])(
    'must not have the value %j',
    (value) => {
      expect(refusal(own('x', value))).toMatch(/"headers.x" must be a string without control characters, or an array/)
    },
  )

  it.each(['', 'ä😀', '\ufeff', 'a, b; c="d"'])('may have the value %j', (value) => {
    expect(publish(own('x', value))).toMatchObject({ headers: [['x', value]] })
  })
})

describe('a failure', () => {
  it.each([{}, { code: 'a' }, { message: 'a' }, { code: 1, message: 'a' }])('must not be %j', (error) => {
    expect(refusal({ error })).toMatch(/"(code|message)" must be a string/)
  })

  it('must be well-formed, since another client receives it', () => {
    for (const error of [
      { code: '\ud800', message: '\udc00' },
      { code: 'a', message: '\ud800' },
    ])
      expect(refusal({ error })).toMatch(/"error" must be well-formed/)
  })
})

describe('JSON in a field of a frame', () => {
  const when = (json: string): unknown => {
    const raw = jsonCodec.decode(`{"Publish":{"subject":"a","message":"","retain":true,"when":${json}}}`)
    return (readClientFrame(raw) as { when: unknown }).when
  }
  const long = JSON.stringify(Array(600).fill(7))
  const padded = `[1,${' '.repeat(2000)}2]`

  it.each([
    [long, JSON.parse(long)],
    [padded, [1, 2]],
    [`{"a":[${long},"x",${padded}]}`, { a: [JSON.parse(long), 'x', [1, 2]] }],
  ])('may have an array that is long in the text, within others, too', (json, value) => {
    expect(when(json)).toEqual(value)
  })

  it('has 10,000 elements in such arrays at most, in all', () => {
    const lists = (count: number): string => JSON.stringify(Array(count).fill(Array(5000).fill(0)))
    expect(when(lists(2))).toHaveLength(2)
    expect(() => when(lists(3))).toThrow(expect.objectContaining({ code: 'too_large' }))
  })
})
