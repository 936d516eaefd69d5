import { expect, test } from 'vitest'
import { type Tested, tested } from '../testing/tested.js'
import { type Message, ReceivedMessage } from './message.js'

const of = (message: string | Uint8Array, subject = 'good.apple', pattern = 'good.*'): Message =>
  new ReceivedMessage({ kind: 'Message', id: 1, subject, message, broker: 'test' }, pattern, 0)
const broken = new Uint8Array([0xff, 0xfe])

test.each([
  ['JSON', '{"a":[1]}', { a: [1] }],
  ['a number', '5', 5],
  ['text that is not JSON', 'hi', 'hi'],
  ['nothing', '', ''],
  ['bytes that are JSON', new TextEncoder().encode('true'), true],
  ['bytes that are not UTF-8', broken, broken],
])('data is %s', (_, payload, data) => {
  expect(of(payload).data).toEqual(data)
})

test('data is parsed once', () => {
  const message = of('{"a":1}')
  expect(message.data).toBe(message.data)
})

test('data keeps a "__proto__" as a field of its own', () => {
  const { data } = of('{"__proto__":{"polluted":true}}')
  expect(Object.keys(data as object)).toEqual(['__proto__'])
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('params are the words that the wildcards match', () => {
  expect(of('').params).toEqual(['apple'])
  expect(of('', 'room.7.msg.new', 'room.*.**').params).toEqual(['7', 'msg.new'])
  expect(of('', 'good', 'good').params).toEqual([])
})

test('text and json throw if the payload is not UTF-8 or JSON', () => {
  expect(of('ü').text()).toBe('ü')
  expect(of('[1]').json()).toEqual([1])
  expect(() => of(broken).text()).toThrow(TypeError)
  expect(() => of('hi').json()).toThrow(SyntaxError)
})

test('bytes are the payload as it was sent', () => {
  expect(of('\uFEFFü').bytes).toEqual(new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xbc]))
  expect(of(broken).bytes).toBe(broken)
})

test('headers are empty if the message has none', () => {
  expect(of('').headers.size).toBe(0)
  expect(of('').headerList).toEqual([])
})

/** A client of a relay at which `math.sum` is answered. */
async function answered(): Promise<Tested> {
  const one = await tested()
  one.relay.createClient().serve('math.sum', () => 3)
  await one.relay.settled()
  return one
}

test('the key of a message or answer is unique and constant', async () => {
  const { client, relay } = await answered()
  const messages: Message[] = []
  client.subscribe('good.*', (message) => messages.push(message))
  client.subscribe('good.**', (message) => messages.push(message))
  relay.createClient().subscribe('good.*', (message) => messages.push(message))
  await relay.settled()
  await relay.publish('good.apple', '')
  await relay.publish('good.apple', '')
  messages.push(await client.request('math.sum'))
  const keys = messages.map(({ key }) => key)
  expect(keys).toHaveLength(7)
  expect(new Set(keys).size).toBe(7)
  expect(keys).toEqual(keys.map(String))
  expect(messages.map(({ key }) => key)).toEqual(keys)
})

test('handlers of one subscription get one message, with one key', async () => {
  const { client, relay } = await tested()
  const keys: string[] = []
  client.subscribe('good.*', ({ key }) => keys.push(key))
  client.subscribe('good.*', ({ key }) => keys.push(key))
  await relay.settled()
  await relay.publish('good.apple', '')
  expect(keys).toHaveLength(2)
  expect(keys[0]).toBe(keys[1])
})

test("receivedAt is the time of receipt by the client's clock", async () => {
  const { client, relay, clock } = await answered()
  const times: number[] = []
  client.subscribe('good.*', ({ receivedAt }) => times.push(receivedAt))
  await relay.settled()
  const begun = clock.now()
  relay.delay(500)
  await relay.publish('good.apple', '')
  await clock.advance(1_000)
  const answer = client.request('math.sum')
  await clock.advance(5_000)
  expect(times).toEqual([begun + 500])
  expect((await answer).receivedAt).toBe(begun + 1_000 + 4 * 500)
})
