import { defineContract, type } from '@wildcast/contract'
import { describe, expectTypeOf, test } from 'vitest'
import { history } from '../history.js'
import {
  type Client,
  type ContractClient,
  createClient,
  type Message,
  type Publication,
  type Subscription,
  type Undo,
} from '../index.js'
import { elect, lock } from '../locks.js'
import { memberCount, presence } from '../presence.js'
import { values } from '../values.js'

interface Good {
  readonly price: number
}
interface Who {
  readonly name: string
}
type Pair = readonly [number, number]

const good = type<Good>()
const api = defineContract({
  'good.*': { message: good, history: { messages: 50 } },
  'room.{room}.msg': { message: type<string>() },
  'math.sum': { request: type<Pair>(), reply: type<number>() },
  'time.now': { request: type<void>(), reply: type<string>() },
  'room.{room}': { presence: type<Who>() },
  'cursor.*': { presence: type<{ readonly x?: number }>() },
  'price.*': { value: good, broker: 'main' },
  'seat.*': { value: type<Who>() },
  'doc.*': { value: type<Record<string, unknown>>() },
})

declare const client: ContractClient<typeof api>
declare const plain: Client
declare const text: string

describe('createClient', () => {
  test('with a contract returns a typed client, and without one an untyped client', () => {
    expectTypeOf(createClient({ url: '/ws', contract: api, check: 'report' })).toEqualTypeOf<typeof client>()
    expectTypeOf(createClient({ url: '/ws' })).toEqualTypeOf<Client>()
    expectTypeOf(client.contract.subject('room.{room}.msg', { room: 1 })).toEqualTypeOf<`room.${string}.msg`>()
    // @ts-expect-error: no such check
    createClient({ url: '/ws', contract: api, check: 'warn' })
    // @ts-expect-error: no contract
    createClient({ url: '/ws', contract: {} })
    // @ts-expect-error: the types of its methods differ
    const other: Client = client
    void other
  })
})

describe('subscribe', () => {
  test('has the data of all entries, and params by position or by name', () => {
    const undo = client.subscribe('good.*', ({ data, params }) => {
      expectTypeOf(data).toEqualTypeOf<Good>()
      expectTypeOf(params).toEqualTypeOf<readonly [string]>()
    })
    expectTypeOf(undo).toEqualTypeOf<Undo>()
    client.subscribe('room.{room}.msg', ({ data, params }) => {
      expectTypeOf(data).toEqualTypeOf<string>()
      expectTypeOf(params).toEqualTypeOf<{ readonly room: string }>()
      // @ts-expect-error: another name
      void params.id
    })
    client.subscribe('*.*', ({ data }) => expectTypeOf(data).toEqualTypeOf<Good | Who | Record<string, unknown>>())
    client.subscribe('price.apple', ({ data }) => expectTypeOf(data.price).toEqualTypeOf<number>(), { retained: true })
    expectTypeOf(client.subscribe('good.*', { last: 5 })).toEqualTypeOf<Subscription<Good, readonly [string]>>()
    expectTypeOf(client.broker('x').subscribe('room.{room}.msg')).toEqualTypeOf<
      Subscription<string, { readonly room: string }>
    >()
  })
  test('refuses patterns without an entry', () => {
    // @ts-expect-error: no entry
    client.subscribe('god.*', () => {})
    // @ts-expect-error: presence only
    client.subscribe('room.*', () => {})
    // @ts-expect-error: text
    client.subscribe(text, () => {})
    // @ts-expect-error: names and wildcards
    client.subscribe('{a}.*', () => {})
    // @ts-expect-error: no such option
    client.subscribe('good.*', () => {}, { keep: 5 })
    // @ts-expect-error: no entry, at another broker either
    client.broker('x').subscribe('god.*')
  })
})

describe('publish, request and serve', () => {
  test('take the data of the entry', () => {
    expectTypeOf(client.publish('good.apple', { price: 1 })).toEqualTypeOf<Publication>()
    void client.publish(client.contract.subject('room.{room}.msg', { room: text }), 'hi', { key: true })
    expectTypeOf(client.request('math.sum', [1, 2])).resolves.toEqualTypeOf<Message<number>>()
    client.request('time.now')
    client.request('math.sum', [1, 2], { onPart: ({ data }) => expectTypeOf(data).toEqualTypeOf<number>() })
    client.serve('math.sum', ({ data }) => {
      expectTypeOf(data).toEqualTypeOf<Pair>()
      return data[0] + data[1]
    })
    client.serve('time.now', async () => 'noon')
    client.serve('math.sum', async function* ({ data: [from, to] }) {
      for (let one = from; one < to; one++) yield one
    })
    void client.can('publish', 'good.*')
  })
  test('refuse other data and other subjects', () => {
    // @ts-expect-error: a number
    void client.publish('good.apple', { price: '1' })
    // @ts-expect-error: no data
    void client.publish('good.apple')
    // @ts-expect-error: a value, not a message
    void client.publish('price.apple', { price: 1 })
    // @ts-expect-error: a wildcard
    void client.publish('good.*', { price: 1 })
    // @ts-expect-error: a template
    void client.publish('room.{room}.msg', 'hi')
    // @ts-expect-error: text
    void client.publish(text, { price: 1 })
    // @ts-expect-error: one number
    client.request('math.sum', [1])
    // @ts-expect-error: no data
    client.request('math.sum')
    // @ts-expect-error: messages only
    client.request('good.apple', { price: 1 })
    // @ts-expect-error: the answer is a number
    client.serve('math.sum', () => 'three')
    // @ts-expect-error: the answer is text
    client.serve('time.now', async () => 12)
    // @ts-expect-error: no entry
    client.serve('math.product', () => 1)
    // @ts-expect-error: no entry
    void client.can('publish', 'god.*')
  })
})

describe('values', () => {
  test('have the types of the entries', () => {
    const store = values(client)
    expectTypeOf(store.get('price.apple')).resolves.toEqualTypeOf<Message<Good> | undefined>()
    void store.set('price.apple', { price: 1 }, { will: { price: 0 }, when: null })
    void store.set('price.apple', { price: 1 }, { will: null })
    void store.delete('price.apple')
    expectTypeOf(store.watch('price.{fruit}').get('a')).toEqualTypeOf<
      Message<Good, { readonly fruit: string }> | undefined
    >()
    expectTypeOf(values(client.broker('x')).get('price.apple')).resolves.toEqualTypeOf<Message<Good> | undefined>()
    expectTypeOf(values(plain).get<Good>('any')).resolves.toEqualTypeOf<Message<Good> | undefined>()
  })
  test('refuse other values', () => {
    const store = values(client)
    // @ts-expect-error: a number
    void store.set('price.apple', { price: '1' })
    // @ts-expect-error: the will is a value, too
    void store.set('price.apple', { price: 1 }, { will: { price: '1' } })
    // @ts-expect-error: messages only
    void store.set('good.apple', { price: 1 })
    // @ts-expect-error: a pattern
    store.get('price.*')
    // @ts-expect-error: no entry
    store.watch('good.*')
    // @ts-expect-error: the type of a value is that of its entry
    store.get<Good>('price.apple')
  })
})

describe('presence, locks and history', () => {
  test('have the types of the entries', () => {
    const room = presence(client, 'room.42')
    expectTypeOf(room.members[0]?.data).toEqualTypeOf<Who | undefined>()
    void room.enter({ name: 'Ada' })
    void presence(client, 'cursor.1').enter()
    memberCount(client, 'room.*')
    void lock(client, 'seat.1', { data: { name: 'Ada' }, timeoutMs: 0 })
    void lock(client, 'doc.1')
    elect(client, 'doc.1')
    const log = history(client)
    expectTypeOf(log.page('room.{room}.msg')).resolves.toHaveProperty('first')
    for (const { data } of log.watch('good.*').items) expectTypeOf(data).toEqualTypeOf<Good>()
    expectTypeOf(presence<Who>(plain, text).members[0]?.data).toEqualTypeOf<Who | undefined>()
    void lock(plain, text)
    memberCount(plain, text)
  })
  test('refuse other data and subjects', () => {
    // @ts-expect-error: no data
    void presence(client, 'room.42').enter()
    // @ts-expect-error: a name
    void presence(client, 'room.42').update({ name: 1 })
    // @ts-expect-error: no presence
    presence(client, 'good.apple')
    // @ts-expect-error: text
    presence(client, text)
    // @ts-expect-error: no presence
    memberCount(client, 'good.*')
    // @ts-expect-error: no data
    void lock(client, 'seat.1')
    // @ts-expect-error: a name
    void lock(client, 'seat.1', { data: { name: 1 } })
    // @ts-expect-error: no value
    elect(client, 'good.apple')
    // @ts-expect-error: no messages
    history(client).page('price.*')
  })
})
