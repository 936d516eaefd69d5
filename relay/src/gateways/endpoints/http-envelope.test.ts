import { decode, encode } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import { decodeResponse, encodeRequest, subjectOfRequest } from './http-envelope.js'

const request = {
  method: 'POST',
  headers: { 'content-type': ['text/plain'], 'x-two': ['a', 'b'] },
  uri: '/request/test/x/hello?q=1',
  path: 'test/x/hello',
  body: Uint8Array.of(104, 105),
}

describe('an enveloped request', () => {
  it('is written as JSON like the original does', () => {
    expect(encodeRequest('json', request)).toBe(
      [
        '{"method":"POST","headers":{"content-type":"text/plain","x-two":["a","b"]}',
        '"uri":"/request/test/x/hello?q=1","path":"test/x/hello","body":[104,105]}',
      ].join(','),
    )
  })

  it('is written as positional MessagePack, header values as arrays of byte arrays', () => {
    expect(decode(encodeRequest('messagepack', request) as Uint8Array)).toEqual([
      'POST',
      { 'content-type': [[...Buffer.from('text/plain')]], 'x-two': [[97], [98]] },
      '/request/test/x/hello?q=1',
      'test/x/hello',
      [104, 105],
    ])
  })
})

describe('an enveloped response', () => {
  const response = { status: 200, headers: [['x', 'ab']], body: Uint8Array.of(111, 107) }

  it.each([
    ['json', Buffer.from('{"headers":{"x":"ab"},"status":200,"body":[111,107]}')],
    ['json', Buffer.from('{"headers":{"x":["ab"]},"status":200,"body":"ok"}')],
    ['messagepack', encode([{ x: [[97, 98]] }, 200, [111, 107]])],
    ['messagepack', encode([{ x: 'ab' }, 200, Uint8Array.of(111, 107)])],
    ['messagepack', encode({ headers: { x: [Uint8Array.of(97, 98)] }, status: 200, body: 'ok' })],
  ] as const)('is read from every spelling of %s', (form, bytes) => {
    expect(decodeResponse(form, bytes)).toEqual(response)
  })

  it('keeps several values of a header', () => {
    const { headers } = decodeResponse('json', Buffer.from('{"headers":{"set-cookie":["a=1","b=2"]},"status":204}'))
    expect(headers).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ])
  })
})

it.each([
  ['GET', 'a/b', 'GET.a.b'],
  ['POST', 'file.txt', 'POST.file_DOT_txt'],
  ['GET', '', 'GET.%'],
  ['GET', 'a//b/', 'GET.a.%.b.%'],
  ['GET', 'a b/*', 'GET.a%20b.%2A'],
])('puts %s %s on %s', (method, path, subject) => {
  expect(subjectOfRequest(method, path)).toBe(subject)
})
