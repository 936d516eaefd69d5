import { beforeEach, describe, expect, test } from 'vitest'
import { history } from '../history/history.js'
import { lock } from '../locks/lock.js'
import type { Message } from '../messages/message.js'
import { presence } from '../presence/presence.js'
import { type Connected, connect } from '../testing/connect.js'
import { api, runs } from '../testing/contracted.js'
import { settle } from '../testing/fake-clock.js'
import { connectToHistory } from '../testing/history-relay.js'
import { message } from '../testing/message-frame.js'
import { connectToValues } from '../testing/value-relay.js'
import { values } from '../values/values.js'

const misfit = { code: 'invalid_payload', message: 'good.apple: "price" must be a number', stage: 'contract' }

beforeEach(() => {
  runs.count = 0
})

/** Subscribes, and records the data. */
async function record({ client }: Connected, pattern: string): Promise<unknown[]> {
  const seen: unknown[] = []
  client.subscribe(pattern, ({ data }) => seen.push(data))
  await settle()
  return seen
}

describe('a message', () => {
  test('has the output of its schema, which runs once for all handlers', async () => {
    const one = await connect({ contract: api })
    const seen = [await record(one, 'room.*.msg'), await record(one, 'room.*.msg')]
    one.relay.link.send(message(1, 'room.42.msg', '{"text":"hi"}'))
    expect(seen).toEqual([['HI'], ['HI']])
    expect(runs.count).toBe(1)
  })
  test('that does not fit is not delivered, but reported once', async () => {
    const one = await connect({ contract: api })
    const seen = [await record(one, 'good.*'), await record(one, 'good.*')]
    one.relay.link.send(message(1, 'good.apple', '{"price":"3"}'))
    one.relay.link.send(message(1, 'good.apple', '{"price":3}'))
    expect(seen).toEqual([[{ price: 3 }], [{ price: 3 }]])
    expect(one.errors).toEqual([misfit])
  })
  test('that does not fit is not for a loop, either', async () => {
    const one = await connect({ contract: api })
    const subscription = one.client.subscribe('good.*')
    await settle()
    one.relay.link.send(message(1, 'good.apple', 'null'))
    one.relay.link.send(message(1, 'good.apple', '{"price":3}'))
    for await (const { data } of subscription) {
      expect(data).toEqual({ price: 3 })
      break
    }
  })
  test('that does not fit is delivered with check: report, and reported when its data is read', async () => {
    const one = await connect({ contract: api, check: 'report' })
    const got: Message[] = []
    one.client.subscribe('good.*', (message) => got.push(message))
    await settle()
    one.relay.link.send(message(1, 'good.apple', '{"price":"3"}'))
    expect(one.errors).toEqual([])
    expect([got[0]?.data, got[0]?.data]).toEqual([{ price: '3' }, { price: '3' }])
    expect(one.errors).toEqual([misfit])
  })
  test('with check: off has the data of the wire, and no schema runs', async () => {
    const one = await connect({ contract: api, check: 'off' })
    const seen = await record(one, 'room.*.msg')
    one.relay.link.send(message(1, 'room.42.msg', '{"text":"hi"}'))
    expect(seen).toEqual([{ text: 'hi' }])
    expect(runs.count).toBe(0)
  })
  test('of a subject without an entry has any data', async () => {
    const one = await connect({ contract: api })
    const seen = await record(one, 'other.*')
    one.relay.link.send(message(1, 'other.x', '{"any":1}'))
    expect(seen).toEqual([{ any: 1 }])
  })
  test.each([
    ['log.a', '"5"', '5'],
    ['note.a', '5', '5'],
    ['raw.a', 'ab', new Uint8Array([97, 98])],
  ])('on %s with the payload %j has the data %j, by the codec', async (subject, text, data) => {
    const one = await connect({ contract: api })
    const seen = await record(one, subject)
    one.relay.link.send(message(1, subject, text))
    expect(seen).toEqual([data])
  })
  test('that is not of its codec is reported', async () => {
    const one = await connect({ contract: api })
    const seen = await record(one, 'log.a')
    one.relay.link.send(message(1, 'log.a', 'no JSON'))
    expect(seen).toEqual([])
    expect(one.errors).toMatchObject([{ message: 'log.a: the payload must be JSON' }])
  })
  test('of a group that does not fit counts as handled', async () => {
    const one = await connect({ contract: api })
    const undo = one.client.subscribe('good.*', () => {}, { group: 'g' })
    await settle()
    one.relay.link.send(message(1, 'good.apple', '{}'))
    await settle()
    undo()
    await one.clock.advance(1000)
    expect(one.relay.link.all('Unsubscribe')).toMatchObject([{ handled: 1 }])
  })
})

describe('params', () => {
  test('have the names of the template, which is subscribed to as a pattern', async () => {
    const one = await connect({ contract: api })
    const seen: unknown[] = []
    one.client.subscribe('room.{room}.msg', ({ params, pattern }) => seen.push(params, pattern))
    one.client.subscribe('room.*.msg', ({ params }) => seen.push(params))
    await settle()
    expect(one.relay.link.all('Subscribe').map(({ subject }) => subject)).toEqual(['room.*.msg', 'room.*.msg'])
    one.relay.link.send(message(1, 'room.42.msg', '{"text":"hi"}'))
    expect(seen).toEqual([{ room: '42' }, 'room.*.msg', ['42']])
  })
  test('are not mixed with wildcards', async () => {
    const { client } = await connect({ contract: api })
    const subscribe = (): unknown => client.subscribe('{a}.*', () => {})
    expect(subscribe).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
    expect(() => values(client).watch('{a}.*', { broker: 'x' })).toThrow('names such as "{room}", or "*"')
  })
  test('of a page have names, too', async () => {
    const { client, write } = await connectToHistory('room.42.msg', { contract: api })
    write('{"text":"a"}')
    const { messages } = await history(client).page('room.{room}.msg')
    expect(messages[0]).toMatchObject({ params: { room: '42' }, data: 'A', pattern: 'room.*.msg' })
  })
})

describe('a request', () => {
  test('rejects if its answer does not fit, and resolves with the output', async () => {
    const { client, relay, errors } = await connect({ contract: api })
    const wrong = client.request('math.sum', [1, 2])
    const right = client.request('time.now')
    await settle()
    relay.link.send({ kind: 'Response', ref: 1, message: '"3"' })
    relay.link.send({ kind: 'Response', ref: 2, message: 'noon' })
    await expect(wrong).rejects.toMatchObject({
      code: 'invalid_payload',
      message: 'math.sum (reply): must be a number',
    })
    expect((await right).data).toBe('noon')
    expect(errors).toEqual([])
  })
  test('leaves out a part that does not fit, and reports it', async () => {
    const { client, relay, errors } = await connect({ contract: api })
    const parts: unknown[] = []
    const answer = client.request('math.sum', [1], { onPart: ({ data }) => parts.push(data) })
    await settle()
    for (const message of ['1', '"2"', '3']) relay.link.send({ kind: 'Response', ref: 1, message, more: true })
    relay.link.send({ kind: 'Response', ref: 1, message: '4' })
    expect((await answer).data).toBe(4)
    expect(parts).toEqual([1, 3])
    expect(errors).toMatchObject([{ stage: 'contract' }])
  })
  test('takes an empty end after parts, and no other empty answer', async () => {
    const { client, relay, errors } = await connect({ contract: api })
    const [parts, empty] = [client.request('math.sum', [1]), client.request('math.sum', [2])]
    await settle()
    relay.link.send({ kind: 'Response', ref: 1, message: '1', more: true })
    for (const ref of [1, 2]) relay.link.send({ kind: 'Response', ref, message: '' })
    expect((await parts).bytes).toHaveLength(0)
    await expect(empty).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(errors).toEqual([])
  })
  test('that does not fit gets an error as its answer, and does not reach the handler', async () => {
    const { client, relay, errors } = await connect({ contract: api })
    await import('../lazy.js')
    const seen: unknown[] = []
    client.serve('math.sum', ({ data }) => seen.push(data))
    await settle()
    const frame = { kind: 'Message', id: 1, subject: 'math.sum', broker: 'test', response_subject: 'r.1' } as const
    relay.link.send({ ...frame, message: '5' })
    await settle()
    const refusal = { code: 'invalid_payload', message: 'math.sum: "length" must be a number' }
    expect(relay.link.all('Publish')).toMatchObject([{ subject: 'r.1', error: refusal }])
    relay.link.send({ ...frame, message: '[1]' })
    await settle()
    expect(seen).toEqual([[1]])
    expect(errors).toEqual([{ ...refusal, stage: 'contract' }])
  })
})

describe('a value that does not fit', () => {
  test('ends the one before, which is no longer true', async () => {
    const { client, write, errors } = await connectToValues({ contract: api })
    write('good.apple', '{"price":3}')
    const goods = values(client).watch('good.*')
    await goods.synced
    expect(goods.get('good.apple')?.data).toEqual({ price: 3 })
    write('good.apple', '{"price":"4"}')
    expect([...goods.all.keys()]).toEqual([])
    write('good.apple', '{"price":5}')
    expect(goods.get('good.apple')?.data).toEqual({ price: 5 })
    write('good.apple', undefined)
    expect([...goods.all.keys()]).toEqual([])
    expect(errors).toEqual([misfit])
  })
  test('rejects a get', async () => {
    const { client, write } = await connectToValues({ contract: api })
    write('good.apple', '{}')
    await expect(values(client).get('good.apple')).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(await values(client).get('good.kiwi')).toBeUndefined()
  })
  test('ends a lock, whose value it has replaced', async () => {
    const { client, write } = await connectToValues({ contract: api })
    const { lost } = await lock(client, 'seat.1', { data: { name: 'ada' } })
    await settle()
    write('seat.1', '{"name":5}')
    expect(lost.aborted).toBe(true)
  })
  test('of a member leaves the member out', async () => {
    const { client, write, errors } = await connectToValues({ contract: api })
    const room = presence(client, 'room.42')
    write('$presence.room.42.bob~1', '{"name":"bob"}', 'bob')
    write('$presence.room.42.eve~1', '{"name":1}', 'eve')
    await settle()
    expect(room.members.map(({ user }) => user)).toEqual(['bob'])
    expect(errors).toMatchObject([{ message: '$presence.room.42.eve~1: "name" must be a string' }])
  })
})

describe('a history with messages that do not fit', () => {
  const [good, bad] = ['{"text":"a"}', '{"text":1}']
  test('is read to its end, also if a page has nothing else', async () => {
    const { client, write, errors } = await connectToHistory('room.42.msg', { contract: api })
    write(good, bad, bad, bad, bad, good)
    const log = history(client)
    for (const after of [undefined, 'start']) {
      const seen: unknown[] = []
      for await (const { data } of log.read('room.42.msg', { limit: 2, after })) seen.push(data)
      expect(seen).toEqual(['A', 'A'])
    }
    expect(errors).toHaveLength(8)
  })
  test('is watched to its start', async () => {
    const { client, write } = await connectToHistory('room.42.msg', { contract: api })
    write(good, good, bad, bad, bad, bad)
    const room = history(client).watch('room.42.msg', { limit: 2 })
    await settle()
    expect([room.items.length, room.hasMore]).toEqual([0, true])
    while (room.hasMore) await room.loadMore()
    expect(room.items.map(({ data }) => data)).toEqual(['A', 'A'])
  })
})
