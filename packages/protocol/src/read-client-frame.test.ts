import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WildcastError } from './errors.js'
import { readClientFrame, refOfRaw } from './read-client-frame.js'

const read = (kind: string, body?: unknown) => readClientFrame({ kind, body })

function refusal(kind: string, body?: unknown): string {
  try {
    return `accepted ${JSON.stringify(read(kind, body))}`
  } catch (error) {
    if (error instanceof WildcastError && error.code === 'invalid_frame') return error.message
    throw error
  }
}

const publish = (fields: object): [string, unknown] => ['Publish', { subject: 'a', message: 'x', ...fields }]

describe('readClientFrame', () => {
  it.each([
    ['Connect', {}, { kind: 'Connect' }],
    [
      'Connect',
      { token: 't', session: 's', received: 3, client: 'c' },
      { kind: 'Connect', token: 't', session: 's', received: 3, client: 'c' },
    ],
    ['Subscribe', 'good.*', { kind: 'Subscribe', subject: 'good.*' }],
    [
      'Subscribe',
      { subject: 'a', ref: 0, group: 'g', serve: true },
      { kind: 'Subscribe', subject: 'a', ref: 0, group: 'g', serve: true },
    ],
    ['Subscribe', { subject: 'a', policy: {} }, { kind: 'Subscribe', subject: 'a', policy: {} }],
    [
      'Subscribe',
      { subject: 'a', policy: { deliver: 'latest', max_rate: 0.5 } },
      { kind: 'Subscribe', subject: 'a', policy: { deliver: 'latest', max_rate: 0.5 } },
    ],
    ['Unsubscribe', { id: 4 }, { kind: 'Unsubscribe', id: 4 }],
    [
      'Publish',
      { subject: 'a', message: 'x', wildcard: true },
      { kind: 'Publish', subject: 'a', message: 'x', wildcard: true },
    ],
    [
      'Publish',
      { subject: 'a', message: 'x', more: false },
      { kind: 'Publish', subject: 'a', message: 'x', more: false },
    ],
    [
      'Request',
      { ref: 1, subject: 'a', message: 'x', timeout: 1e12 },
      { kind: 'Request', ref: 1, subject: 'a', message: 'x', timeout: 1e12 },
    ],
    ['Cancel', { ref: 1 }, { kind: 'Cancel', ref: 1 }],
    ['Authenticate', { ref: 1, token: 't' }, { kind: 'Authenticate', ref: 1, token: 't' }],
    ['Received', 7, { kind: 'Received', count: 7 }],
    ['Ping', undefined, { kind: 'Ping' }],
    ['Pong', undefined, { kind: 'Pong' }],
  ])('reads %s %j', (kind, body, frame) => {
    expect(read(kind, body)).toEqual(frame)
  })

  it('treats null as absent', () => {
    const nulls = {
      ref: null,
      broker: null,
      response_subject: null,
      headers: null,
      wildcard: null,
      more: null,
      error: null,
      key: null,
    }
    expect(read(...publish(nulls))).toEqual({ kind: 'Publish', subject: 'a', message: 'x' })
    expect(read('Subscribe', { subject: 'a', policy: null })).toEqual({ kind: 'Subscribe', subject: 'a' })
    expect(read('Subscribe', { subject: 'a', policy: { deliver: null, max_rate: null } })).toMatchObject({ policy: {} })
  })

  it('ignores unknown fields', () => {
    expect(read(...publish({ colour: 'red', toJSON: 1 }))).toEqual({ kind: 'Publish', subject: 'a', message: 'x' })
  })

  it.each(['', 'publish', 'Message', 'Welcome', 'GoingAway', ...Object.getOwnPropertyNames(Object.prototype)])(
    'refuses the kind %j',
    (kind) => expect(refusal(kind, {})).toMatch(/is not a kind of frame that a client sends/),
  )

  it('quotes only the start of an unknown kind', () => {
    expect(refusal('x'.repeat(100_000)).length).toBeLessThan(120)
  })

  it.each(['Connect', 'Subscribe', 'Unsubscribe', 'Publish', 'Request', 'Cancel', 'Authenticate'])(
    'refuses %s without a body',
    (kind) => {
      for (const body of [undefined, null, 1, [], new Uint8Array(1)])
        expect(refusal(kind, body)).toBe(`"${kind}" must be an object`)
    },
  )
})

describe('each field is checked for its type', () => {
  it.each([
    ['ref', -1],
    ['ref', 1.5],
    ['ref', '1'],
    ['ref', 2 ** 53],
    ['ref', Number.NaN],
    ['ref', Number.POSITIVE_INFINITY],
    ['ref', true],
    ['ref', []],
    ['broker', 1],
    ['broker', {}],
    ['response_subject', false],
    ['wildcard', 1],
    ['wildcard', 'true'],
    ['more', 0],
    ['headers', []],
    ['headers', 'x: 1'],
    ['error', 'text'],
    ['error', []],
    ['subject', null],
    ['subject', 7],
    ['message', 7],
    ['message', {}],
    ['message', true],
  ])('Publish.%s must not be %j', (field, value) => {
    expect(refusal(...publish({ [field]: value }))).toMatch(`"${field}" must be`)
  })

  it.each([
    ['Subscribe', { subject: 'a', serve: 'yes' }, 'serve'],
    ['Subscribe', { subject: 'a', group: 1 }, 'group'],
    ['Subscribe', {}, 'subject'],
    ['Subscribe', { subject: 'a', policy: 'latest' }, 'policy'],
    ['Subscribe', { subject: 'a', policy: { deliver: 'some' } }, 'policy.deliver'],
    ['Subscribe', { subject: 'a', policy: { max_rate: 0 } }, 'policy.max_rate'],
    ['Subscribe', { subject: 'a', policy: { max_rate: Number.NaN } }, 'policy.max_rate'],
    ['Subscribe', { subject: 'a', policy: { max_rate: Number.POSITIVE_INFINITY } }, 'policy.max_rate'],
    ['Subscribe', { subject: 'a', policy: { max_rate: '5' } }, 'policy.max_rate'],
    ['Unsubscribe', {}, 'id'],
    ['Request', { subject: 'a', message: '' }, 'ref'],
    ['Request', { ref: 1, subject: 'a', message: '', timeout: -1 }, 'timeout'],
    ['Request', { ref: 1, subject: 'a', message: '', timeout: Number.POSITIVE_INFINITY }, 'timeout'],
    ['Request', { ref: 1, subject: 'a' }, 'message'],
    ['Cancel', {}, 'ref'],
    ['Authenticate', { ref: 1 }, 'token'],
    ['Connect', { received: 'x' }, 'received'],
    ['Publish', { subject: 'a', message: '', key: '' }, 'key'],
    ['Publish', { subject: 'a', message: '', key: 7 }, 'key'],
    ['Publish', { subject: 'a', message: '', key: 'ü'.repeat(129) }, 'key'],
    ['Connect', { token: 1 }, 'token'],
    ['Received', undefined, 'Received'],
    ['Received', '1', 'Received'],
  ])('%s %j is refused for its %s', (kind, body, field) => {
    expect(refusal(kind, body)).toMatch(`"${field}" must be`)
  })

  it('reads -0 as 0', () => expect(read('Cancel', { ref: -0 })).toStrictEqual({ kind: 'Cancel', ref: 0 }))
})

describe('reserved fields', () => {
  it.each(['exclude_me'])('Publish.%s is listed if it is used', (field) => {
    for (const value of [true, 0, '', {}, 'x'])
      expect(read(...publish({ [field]: value }))).toMatchObject({ reserved: [field] })
  })

  it('are not listed if they are null or false', () => {
    expect(read(...publish({ exclude_me: false, key: null }))).toHaveProperty('reserved', undefined)
  })
})

describe('the fields of a history', () => {
  const history = (fields: object): unknown => read('Subscribe', { subject: 'a', ref: 1, ...fields })

  it.each([
    { after: 'start' },
    { after: '0000000000-000000001' },
    { last: 10 },
    { before: '0000000000-000000001', limit: 100, snapshot: true },
    { filter: null },
    { filter: { temperature: { celsius: 30 } } },
    { count: true },
  ])('%j is read', (fields) => expect(history(fields)).toMatchObject(fields))

  it('an absent filter differs from null', () => {
    expect(history({})).toHaveProperty('filter', undefined)
    expect(history({ after: null, last: null })).toMatchObject({ after: undefined, last: undefined })
  })

  it.each([
    [{ after: 7 }, 'after'],
    [{ last: -1 }, 'last'],
    [{ before: true }, 'before'],
    [{ limit: 1.5 }, 'limit'],
    [{ filter: Uint8Array.of(1) }, 'filter'],
    [{ count: 1 }, 'count'],
  ])('%j is refused for its %s', (fields, field) => {
    expect(refusal('Subscribe', { subject: 'a', ...fields })).toMatch(`"${field}" must be`)
  })
})

describe('the fields of values', () => {
  const value = (fields: object): unknown => read(...publish({ retain: true, ...fields }))

  it.each([null, 'started', 7, false, [], { status: 'started', at: [1, null] }])('"when" may be %j', (when) => {
    expect(value({ when })).toMatchObject({ retain: true, when })
  })

  it('an absent "when" or "will" is no condition and no will, other than null', () => {
    expect(value({})).toMatchObject({ when: undefined, will: undefined })
    expect(value({ when: null, will: null })).toMatchObject({ when: null, will: null })
  })

  it.each([
    ['text', 'off', 'off'],
    ['bytes', Uint8Array.of(255), Uint8Array.of(255)],
    ['an array of bytes', [1, 255], Uint8Array.of(1, 255)],
  ])('a will may be %s', (_, will, payload) => expect(value({ will })).toMatchObject({ will: payload }))

  it.each([
    [{ when: Uint8Array.of(1) }, 'when'],
    [{ when: { a: [Number.NaN] } }, 'when'],
    [{ when_revision: 7 }, 'when_revision'],
    [{ will: 7 }, 'will'],
    [{ ttl: -1 }, 'ttl'],
    [{ will_after: 0.5 }, 'will_after'],
    [{ watch: 1 }, 'watch'],
    [{ watch_timeout: '1' }, 'watch_timeout'],
  ])('%j is refused for its %s', (fields, field) => {
    expect(refusal(...publish({ retain: true, ...fields }))).toMatch(`"${field}" must be`)
  })

  it('a member without a message has an empty object', () => {
    expect(read('Enter', { ref: 1, subject: 'a', member: 'm' })).toMatchObject({ member: 'm', message: '{}' })
    expect(refusal('Leave', { ref: 1, subject: 'a' })).toMatch('"member" must be')
  })
})

describe('refOfRaw', () => {
  it('finds the ref of a frame that is invalid otherwise', () => {
    expect(refOfRaw({ kind: 'Publish', body: { ref: 3, subject: 7 } })).toBe(3)
    expect(refOfRaw({ kind: 'Nonsense', body: { ref: 0 } })).toBe(0)
  })

  it.each([undefined, null, 'a', [], {}, { ref: -1 }, { ref: 1.5 }, { ref: '1' }, { ref: 2 ** 53 }])(
    'finds no ref in %j',
    (body) => {
      expect(refOfRaw({ kind: 'Publish', body })).toBeUndefined()
    },
  )
})

it('throws nothing but invalid_frame, whatever the body is', () => {
  const kinds = [
    'Connect',
    'Subscribe',
    'Unsubscribe',
    'Publish',
    'Request',
    'Cancel',
    'Authenticate',
    'Received',
    'Ping',
    'Pong',
  ]
  const names = [
    'ref',
    'id',
    'subject',
    'message',
    'bytes',
    'broker',
    'headers',
    'error',
    'policy',
    'code',
    'deliver',
    'x',
  ]
  const body = fc.object({ key: fc.constantFrom(...names), maxDepth: 2, withTypedArray: true, withNullPrototype: true })
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.oneof(body, fc.anything()), (kind, value) => {
      refusal(kind, value)
    }),
    { numRuns: 500 },
  )
})
