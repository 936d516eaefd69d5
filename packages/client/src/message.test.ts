import { expect, test } from 'vitest'
import { type Message, ReceivedMessage } from './message.js'

const of = (message: string | Uint8Array, subject = 'good.apple', pattern = 'good.*'): Message =>
  new ReceivedMessage({ kind: 'Message', id: 1, subject, message, broker: 'test' }, pattern)
const broken = new Uint8Array([0xff, 0xfe])

test.each([
  ['JSON', '{"a":[1]}', { a: [1] }],
  ['a number', '5', 5],
  ['text that is no JSON', 'hi', 'hi'],
  ['nothing', '', ''],
  ['bytes that are JSON', new TextEncoder().encode('true'), true],
  ['bytes that are no text', broken, broken],
])('data is %s', (_, payload, data) => {
  expect(of(payload).data).toEqual(data)
})

test('data is read once', () => {
  const message = of('{"a":1}')
  expect(message.data).toBe(message.data)
})

test('data keeps a "__proto__" as a field of its own', () => {
  const { data } = of('{"__proto__":{"polluted":true}}')
  expect(Object.keys(data as object)).toEqual(['__proto__'])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('params are what the wildcards stand for', () => {
  expect(of('').params).toEqual(['apple'])
  expect(of('', 'room.7.msg.new', 'room.*.**').params).toEqual(['7', 'msg.new'])
  expect(of('', 'good', 'good').params).toEqual([])
})

test('text and json say clearly that they cannot', () => {
  expect(of('ü').text()).toBe('ü')
  expect(of('[1]').json()).toEqual([1])
  expect(() => of(broken).text()).toThrow(TypeError)
  expect(() => of('hi').json()).toThrow(SyntaxError)
})

test('bytes are those that travelled', () => {
  expect(of('\uFEFFü').bytes).toEqual(new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xbc]))
  expect(of(broken).bytes).toBe(broken)
})

test('headers are never missing', () => {
  expect(of('').headers.size).toBe(0)
})
