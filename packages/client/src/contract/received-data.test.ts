import { beforeEach, describe, expect, test } from 'vitest'
import { history } from '../history/history.js'
import { lock } from '../locks/lock.js'
import type { Message } from '../messages/message.js'
import { presence } from '../presence/presence.js'
import { api, runs } from '../testing/contracted.js'
import { everything } from '../testing/everything.js'
import { type Tested, type TestedOptions, tested } from '../testing/tested.js'
import { values } from '../values/values.js'

const misfit = { code: 'invalid_payload', message: 'good.apple: "price" must be a number', stage: 'contract' }

beforeEach(() => {
  runs.count = 0
})

/** A client with the contract, at a relay without one. */
const contracted = (client?: TestedOptions['client'], options?: TestedOptions): Promise<Tested> =>
  tested({ brokers: ['main', 'logs'], ...options, client: { contract: api, ...client } })

/** Subscribes, and records the data. */
async function record({ client, relay }: Tested, pattern: string): Promise<unknown[]> {
  const seen: unknown[] = []
  client.subscribe(pattern, ({ data }) => seen.push(data))
  await relay.settled()
  return seen
}

describe('a message', () => {
  test('has the output of its schema, which runs once for all handlers', async () => {
    const one = await contracted()
    const seen = [await record(one, 'room.*.msg'), await record(one, 'room.*.msg')]
    await one.relay.publish('room.42.msg', '{"text":"hi"}')
    expect(seen).toEqual([['HI'], ['HI']])
    expect(runs.count).toBe(1)
  })
  test('that does not fit is not delivered, but reported once', async () => {
    const one = await contracted()
    const seen = [await record(one, 'good.*'), await record(one, 'good.*')]
    await one.relay.publish('good.apple', '{"price":"3"}')
    await one.relay.publish('good.apple', '{"price":3}')
    expect(seen).toEqual([[{ price: 3 }], [{ price: 3 }]])
    expect(one.errors).toEqual([misfit])
  })
  test('that does not fit is not for a loop, either', async () => {
    const one = await contracted()
    const subscription = one.client.subscribe('good.*')
    await one.relay.settled()
    await one.relay.publish('good.apple', 'null')
    await one.relay.publish('good.apple', '{"price":3}')
    for await (const { data } of subscription) {
      expect(data).toEqual({ price: 3 })
      break
    }
  })
  test('that does not fit is delivered with check: report, and reported when its data is read', async () => {
    const one = await contracted({ check: 'report' })
    const got: Message[] = []
    one.client.subscribe('good.*', (message) => got.push(message))
    await one.relay.settled()
    await one.relay.publish('good.apple', '{"price":"3"}')
    expect(one.errors).toEqual([])
    expect([got[0]?.data, got[0]?.data]).toEqual([{ price: '3' }, { price: '3' }])
    expect(one.errors).toEqual([misfit])
  })
  test('with check: off has the data of the wire, and no schema runs', async () => {
    const one = await contracted({ check: 'off' })
    const seen = await record(one, 'room.*.msg')
    await one.relay.publish('room.42.msg', '{"text":"hi"}')
    expect(seen).toEqual([{ text: 'hi' }])
    expect(runs.count).toBe(0)
  })
  test('of a subject without an entry has any data', async () => {
    const one = await contracted()
    const seen = await record(one, 'other.*')
    await one.relay.publish('other.x', '{"any":1}')
    expect(seen).toEqual([{ any: 1 }])
  })
  test.each([
    ['log.a', '"5"', '5', 'logs'],
    ['note.a', '5', '5', 'main'],
    ['raw.a', 'ab', new Uint8Array([97, 98]), 'main'],
  ])('on %s with the payload %j has the data %j, by the codec', async (subject, text, data, broker) => {
    const one = await contracted()
    const seen = await record(one, subject)
    await one.relay.publish(subject, text, { broker })
    expect(seen).toEqual([data])
  })
  test('that is not of its codec is reported', async () => {
    const one = await contracted()
    const seen = await record(one, 'log.a')
    await one.relay.publish('log.a', 'no JSON', { broker: 'logs' })
    expect(seen).toEqual([])
    expect(one.errors).toMatchObject([{ message: 'log.a: the payload must be JSON' }])
  })
  test('of a group that does not fit counts as handled', async () => {
    const one = await contracted()
    const undo = one.client.subscribe('good.*', () => {}, { group: 'g' })
    await one.relay.settled()
    await one.relay.publish('good.apple', '{}')
    await one.relay.settled()
    undo()
    await one.clock.advance(1000)
    expect(one.relay.frames('Unsubscribe')).toMatchObject([{ handled: 1 }])
  })
})

describe('params', () => {
  test('have the names of the template, which is subscribed to as a pattern', async () => {
    const one = await contracted()
    const seen: unknown[] = []
    one.client.subscribe('room.{room}.msg', ({ params, pattern }) => seen.push(params, pattern))
    one.client.subscribe('room.*.msg', ({ params }) => seen.push(params))
    await one.relay.settled()
    expect(one.relay.frames('Subscribe').map(({ subject }) => subject)).toEqual(['room.*.msg', 'room.*.msg'])
    await one.relay.publish('room.42.msg', '{"text":"hi"}')
    expect(seen).toEqual([{ room: '42' }, 'room.*.msg', ['42']])
  })
  test('are not mixed with wildcards', async () => {
    const { client } = await contracted()
    const subscribe = (): unknown => client.subscribe('{a}.*', () => {})
    expect(subscribe).toThrow(expect.objectContaining({ code: 'invalid_subject' }))
    expect(() => values(client).watch('{a}.*', { broker: 'x' })).toThrow('names such as "{room}", or "*"')
  })
  test('of a page have names, too', async () => {
    const { client, relay } = await contracted({}, { history: [{ subjects: 'room.**', messages: 10 }] })
    await relay.publish('room.42.msg', { text: 'a' })
    const { messages } = await history(client).page('room.{room}.msg')
    expect(messages[0]).toMatchObject({ params: { room: '42' }, data: 'A', pattern: 'room.*.msg' })
  })
})

describe('a request', () => {
  test('rejects if its answer does not fit, and resolves with the output', async () => {
    const { client, relay, errors } = await contracted()
    const other = relay.createClient()
    other.serve('math.sum', () => '"3"')
    other.serve('time.now', () => 'noon')
    await relay.settled()
    await expect(client.request('math.sum', [1, 2])).rejects.toMatchObject({
      code: 'invalid_payload',
      message: 'math.sum (reply): must be a number',
    })
    expect((await client.request('time.now')).data).toBe('noon')
    expect(errors).toEqual([])
  })
  test('leaves out a part that does not fit, and reports it', async () => {
    const { client, relay, errors } = await contracted()
    relay.createClient().serve('math.sum', async function* () {
      yield* [1, '"2"', 3]
      return 4
    })
    await relay.settled()
    const parts: unknown[] = []
    const answer = client.request('math.sum', [1], { onPart: ({ data }) => parts.push(data) })
    expect((await answer).data).toBe(4)
    expect(parts).toEqual([1, 3])
    expect(errors).toMatchObject([{ stage: 'contract' }])
  })
  test('takes an empty end after parts, and no other empty answer', async () => {
    const { client, relay, errors } = await contracted()
    relay.createClient().serve('math.sum', async function* ({ data }) {
      yield* data as readonly unknown[]
    })
    await relay.settled()
    expect((await client.request('math.sum', [1])).bytes).toHaveLength(0)
    await expect(client.request('math.sum', [])).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(errors).toEqual([])
  })
  test('that does not fit gets an error as its answer, and does not reach the handler', async () => {
    const { client, relay, errors } = await contracted()
    const seen: unknown[] = []
    client.serve('math.sum', ({ data }) => seen.push(data))
    await relay.settled()
    const refusal = { code: 'invalid_payload', message: 'math.sum: "length" must be a number' }
    const other = relay.createClient()
    await expect(other.request('math.sum', 5)).rejects.toMatchObject(refusal)
    expect((await other.request('math.sum', [1])).data).toBe(1)
    expect(seen).toEqual([[1]])
    expect(errors).toEqual([{ ...refusal, stage: 'contract' }])
  })
})

describe('a value that does not fit', () => {
  test('ends the one before, which is no longer true', async () => {
    const { client, relay, errors } = await contracted()
    const other = values(relay.createClient())
    const write = async (data: unknown): Promise<void> => {
      await other.set('good.apple', data)
      await relay.settled()
    }
    await write({ price: 3 })
    const goods = values(client).watch('good.*')
    await goods.synced
    expect(goods.get('good.apple')?.data).toEqual({ price: 3 })
    await write({ price: '4' })
    expect([...goods.all.keys()]).toEqual([])
    await write({ price: 5 })
    expect(goods.get('good.apple')?.data).toEqual({ price: 5 })
    await other.delete('good.apple')
    await relay.settled()
    expect([...goods.all.keys()]).toEqual([])
    expect(errors).toEqual([misfit])
  })
  test('rejects a get', async () => {
    const { client, relay } = await contracted()
    await relay.publish('good.apple', {}, { retain: true })
    await expect(values(client).get('good.apple')).rejects.toMatchObject({ code: 'invalid_payload' })
    expect(await values(client).get('good.kiwi')).toBeUndefined()
  })
  test('ends a lock, whose value it has replaced', async () => {
    const { client, relay } = await contracted()
    const { lost } = await lock(client, 'seat.1', { data: { name: 'ada' } })
    await relay.settled()
    await relay.publish('seat.1', { name: 5 }, { retain: true })
    expect(lost.aborted).toBe(true)
  })
  test('of a member leaves the member out', async () => {
    const { client, relay, errors } = await contracted({}, { auth: everything })
    const room = presence(client, 'room.42')
    await presence(relay.createClient({ token: 'bob' }), 'room.42').enter({ name: 'bob' })
    await presence(relay.createClient({ token: 'eve' }), 'room.42').enter({ name: 1 })
    await relay.settled()
    expect(room.members.map(({ user }) => user)).toEqual(['bob'])
    const eve = relay.frames('Enter').at(-1)?.member
    expect(errors).toMatchObject([{ message: `$presence.room.42.eve~${eve}: "name" must be a string` }])
  })
})

describe('a history with messages that do not fit', () => {
  const [good, bad] = [{ text: 'a' }, { text: 1 }]
  async function withMessages(...all: readonly unknown[]): Promise<Tested> {
    const one = await contracted({}, { history: [{ subjects: 'room.**', messages: 10 }] })
    for (const data of all) await one.relay.publish('room.42.msg', data)
    return one
  }
  test('is read to its end, also if a page has nothing else', async () => {
    const { client, errors } = await withMessages(good, bad, bad, bad, bad, good)
    const log = history(client)
    for (const after of [undefined, 'start']) {
      const seen: unknown[] = []
      for await (const { data } of log.read('room.42.msg', { limit: 2, after })) seen.push(data)
      expect(seen).toEqual(['A', 'A'])
    }
    expect(errors).toHaveLength(8)
  })
  test('is watched to its start', async () => {
    const { client, relay } = await withMessages(good, good, bad, bad, bad, bad)
    const room = history(client).watch('room.42.msg', { limit: 2 })
    await relay.settled()
    expect([room.items.length, room.hasMore]).toEqual([0, true])
    while (room.hasMore) await room.loadMore()
    expect(room.items.map(({ data }) => data)).toEqual(['A', 'A'])
  })
})
