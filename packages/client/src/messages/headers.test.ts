import { type Headers, lightJsonCodec, type MessageFrame, readRelayFrame } from '@wildcast/protocol/client'
import { describe, expect, test } from 'vitest'
import { started, tested } from '../testing/tested.js'
import { ReceivedMessage } from './message.js'

const headersOf = (sent: readonly { readonly headers?: Headers | undefined }[]): unknown[] =>
  sent.map(({ headers }) => headers)

const traces: Headers = [
  ['trace', '1'],
  ['Trace', '2'],
]
const links: Headers = [
  ['link', '/a'],
  ['trace', '1'],
  ['link', '/b'],
]

describe('headers are sent', () => {
  test.each([
    ['of a plain object', { trace: '1', Trace: '2' }],
    ['of an object without a prototype', Object.assign(Object.create(null), { trace: '1', Trace: '2' })],
    ['of a Map', new Map(Object.entries({ trace: '1', Trace: '2' }))],
    ['of pairs', traces],
    ['of an iterator', traces.values()],
  ])('%s, with a publish', async (_, headers) => {
    const { client, relay } = await tested()
    await client.publish('a', 1, { headers })
    expect(headersOf(relay.frames('Publish'))).toEqual([traces])
  })
  test('with a request', async () => {
    const { client, relay } = await tested()
    client.request('a', 1, { headers: { trace: '1', Trace: '2' } }).catch(() => undefined)
    await relay.settled()
    expect(headersOf(relay.frames('Request'))).toEqual([traces])
  })
  test('of the platform’s own Headers, which repeat cookies', async () => {
    const { client, relay } = await tested()
    const headers = new globalThis.Headers({ trace: '1' })
    for (const cookie of ['a=1', 'b=2']) headers.append('set-cookie', cookie)
    await client.publish('a', 1, { headers })
    expect(headersOf(relay.frames('Publish'))).toEqual([
      [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['trace', '1'],
      ],
    ])
  })
  test.each([
    ['an object', { link: ['/a', '/b'], trace: '1' }],
    ['a Map', new Map(Object.entries({ link: ['/a', '/b'], trace: ['1'] }))],
    ['pairs', links],
  ])('with several values of a name, of %s', async (_, headers) => {
    const { client, relay } = await tested()
    await client.publish('a', 1, { headers })
    expect(headersOf(relay.frames('Publish'))).toEqual([[links[0], links[2], links[1]]])
  })
  test('with an answer', async () => {
    const { client, relay } = await tested()
    client.subscribe('a', ({ respond }) => void respond?.(1, { headers: { trace: '1' } }))
    await relay.settled()
    await client.publish('a', '', { responseSubject: 'r' })
    await relay.settled()
    expect(headersOf(relay.frames('Publish'))).toEqual([undefined, [['trace', '1']]])
  })
  test('as they were at the call, and absent if the caller gave no header', async () => {
    const { client, relay } = await started()
    const headers = new Map([['trace', '1']])
    const waiting = [client.publish('a', 1, { headers }), client.publish('b', 1, { headers: {} })]
    headers.set('trace', '2')
    await Promise.all(waiting)
    expect(headersOf(relay.frames('Publish'))).toEqual([[['trace', '1']], undefined])
  })
})

describe('invalid headers are rejected at the call', () => {
  test.each<[string, unknown, RegExp]>([
    ['a bigint', 1n, /an object, a Map or pairs/],
    ['a text', 'trace=1', /an object, a Map or pairs/],
    ['a function', () => undefined, /an object, a Map or pairs/],
    ['a list of names', ['trace'], /trace/],
    ['a name without a value', [['trace']], /trace/],
    ['no values', { trace: [] }, /trace/],
    ['a number among values', { trace: ['1', 2] }, /trace/],
    ['a list among values', { trace: ['1', ['2']] }, /trace/],
    ['a line break among values', { trace: ['1', '2\r\nevil: 1'] }, /trace/],
    ['a bigint as a value', { trace: 1n }, /trace/],
    ['a number as a value', { trace: 1 }, /trace/],
    ['undefined as a value', { trace: undefined }, /trace/],
    ['an object as a value of a Map', new Map([['trace', {}]]), /trace/],
    ['a symbol as a name', new Map([[Symbol('trace'), '1']]), /trace/],
    ['a name with a space', { 'my trace': '1' }, /my trace/],
    ['a name that breaks readers', Object.fromEntries([['__proto__', '1']]), /__proto__/],
    ['an empty name', { '': '1' }, /token/],
    ['a line break in a value', { trace: '1\r\nevil: 1' }, /trace/],
    ['half of a surrogate pair', { trace: '\ud800' }, /trace/],
  ])('%s', async (_, headers, remedy) => {
    const { client, relay } = await tested()
    const options = { headers: headers as Record<string, string> }
    for (const call of [client.publish('a', 1, options), client.request('a', 1, options)]) {
      await expect(call).rejects.toThrow(TypeError)
      await expect(call).rejects.toThrow(remedy)
    }
    expect(await client.publish('a', 2)).toBe('confirmed')
    expect(relay.frames('Publish')).toHaveLength(1)
  })
  test('more than 64 of them', async () => {
    const { client, relay } = await tested()
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, '']))
    expect(await client.publish('a', 1, { headers: many(64) })).toBe('confirmed')
    for (const headers of [many(65), { trace: Array(65).fill('') }])
      await expect(client.publish('a', 1, { headers })).rejects.toMatchObject({ code: 'too_large' })
    await relay.settled()
    expect(relay.frames('Publish')).toHaveLength(1) // the relay would refuse them, too
  })
  test('more than 8,192 bytes of names and values, in UTF-8', async () => {
    const { client, relay } = await tested()
    expect(await client.publish('a', 1, { headers: { trace: 'x'.repeat(8192 - 5) } })).toBe('confirmed')
    for (const headers of [{ trace: 'x'.repeat(8192 - 4) }, { trace: 'ü'.repeat(4096) }])
      await expect(client.publish('a', 1, { headers })).rejects.toMatchObject({ code: 'too_large' })
    await relay.settled()
    expect(relay.frames('Publish')).toHaveLength(1) // the relay would refuse them, too
  })
})

describe('headers of a received message', () => {
  const text =
    '{"Message":{"id":1,"subject":"a","message":"","broker":"test","headers":{"link":["/a","/b"],"trace":"1"}}}'
  const headers: Headers = [links[0], links[2], links[1]] as Headers

  test('are listed completely and in order', () => {
    const frame = readRelayFrame(lightJsonCodec.decode(text)) as MessageFrame
    expect(new ReceivedMessage(frame, 'a', 0).headerList).toEqual(headers)
  })
  test('are mapped by name, with the last value of each', () => {
    const frame: MessageFrame = { kind: 'Message', id: 1, subject: 'a', message: '', broker: 'test', headers }
    const message = new ReceivedMessage(frame, 'a', 0)
    expect([...message.headers]).toEqual([
      ['link', '/b'],
      ['trace', '1'],
    ])
  })
})
