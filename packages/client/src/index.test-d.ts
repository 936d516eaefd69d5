import { describe, expectTypeOf, test } from 'vitest'
import {
  type Client,
  type ClientPart,
  createClient,
  type Message,
  type OpenTransport,
  type Params,
  type Publication,
  type PublishOutcome,
  type Scope,
  type Status,
  type Subscription,
  type Undo,
  type WildcastError,
} from './index.js'
import { classicMsgpack, msgpack } from './msgpack.js'
import { outbox } from './outbox.js'

declare const client: Client
declare const WebSocketOfWs: typeof import('ws').WebSocket
const quiet = (): void => undefined

describe('createClient', () => {
  test('needs a URL', () => {
    expectTypeOf(createClient({ url: '/ws' })).toEqualTypeOf<Client>()
    // @ts-expect-error: no URL
    createClient({})
  })
  test('takes the WebSocket of a browser and that of ws', () => {
    createClient({ url: '/ws', WebSocket: WebSocketOfWs })
    createClient({ url: '/ws', WebSocket: globalThis.WebSocket })
    // @ts-expect-error: not a constructor of a WebSocket
    createClient({ url: '/ws', WebSocket: Date })
  })
  test('takes a token as text, function or async function', () => {
    createClient({ url: '/ws', token: 'x' })
    createClient({ url: '/ws', token: () => 'x' })
    createClient({ url: '/ws', token: async () => 'x' })
    createClient({
      url: '/ws',
      token({ reason }) {
        expectTypeOf(reason).toEqualTypeOf<'connect' | 'expiring' | 'refused'>()
        return reason
      },
    })
    // @ts-expect-error: a token is text
    createClient({ url: '/ws', token: 5 })
  })
  test('takes parts', () => {
    createClient({ url: '/ws', use: [] })
    createClient({ url: '/ws', use: [outbox(), outbox({ name: 'alice', messages: 10, bytes: 1000 })] })
    expectTypeOf(outbox).returns.toEqualTypeOf<ClientPart>()
    const part: ClientPart = ({ publish }) => publish
    void part
    // @ts-expect-error: a function that creates a part
    createClient({ url: '/ws', use: [outbox] })
    // @ts-expect-error: no such option
    outbox({ size: 5 })
  })
  test('takes codecs, dialects and undefined', () => {
    createClient({ url: '/ws', codec: msgpack, dialect: 'v1', token: undefined })
    createClient({ url: '/ws', codec: classicMsgpack, dialect: 'classic' })
    // @ts-expect-error: no such dialect
    createClient({ url: '/ws', dialect: 'v2' })
  })
})

describe('a client', () => {
  test('returns an undo for a handler, else a subscription to loop over', () => {
    expectTypeOf(client.subscribe('a', quiet)).toEqualTypeOf<Undo>()
    expectTypeOf(client.subscribe('a', (message) => void message.data, { group: 'g' })).toEqualTypeOf<Undo>()
    expectTypeOf(client.subscribe('a')).toEqualTypeOf<Subscription<unknown, readonly []>>()
    expectTypeOf(client.subscribe('a', { signal: AbortSignal.abort() })).toExtend<Subscription>()
    expectTypeOf(client.subscribe('a').ready).toEqualTypeOf<Promise<void>>()
    expectTypeOf(client.subscribe('a', quiet, { deliver: 'latest', maxRate: 10 })).toEqualTypeOf<Undo>()
    // @ts-expect-error: no such option
    client.subscribe('a', { colour: 'red' })
    // @ts-expect-error: no such policy
    client.subscribe('a', { deliver: 'newest' })
  })
  test('asks for permissions', () => {
    expectTypeOf(client.can('publish', 'a', { broker: 'b', onWhy: (why) => why.length })).resolves.toBeBoolean()
    expectTypeOf(client.onAccess(quiet)).toEqualTypeOf<Undo>()
    // @ts-expect-error: no such action
    void client.can('eat', 'a')
  })
  test('publishes and requests', () => {
    expectTypeOf(client.publish('a', 1)).toEqualTypeOf<Publication>()
    expectTypeOf(client.publish('a', 1)).resolves.toEqualTypeOf<PublishOutcome>()
    expectTypeOf<Publication['key']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<Publication['state']>().toEqualTypeOf<'waiting' | 'sent' | 'confirmed' | 'rejected' | 'unknown'>()
    expectTypeOf<Publication['outcome']>().resolves.toEqualTypeOf<'confirmed' | 'rejected' | 'unknown'>()
    void client.publish('a', 1, { key: 'k' })
    void client.publish('a', 1, { key: true })
    // @ts-expect-error: a key is text
    void client.publish('a', 1, { key: 5 })
    // @ts-expect-error: leave it out instead
    void client.publish('a', 1, { key: false })
    expectTypeOf<PublishOutcome>().toEqualTypeOf<'confirmed' | 'unknown'>()
    expectTypeOf(client.request('a', 1, { timeoutMs: 5 })).toEqualTypeOf<Promise<Message>>()
    expectTypeOf(client.serve('a', async (message) => message.json())).toEqualTypeOf<Undo>()
  })
  test('has the same methods for another broker, and no others', () => {
    expectTypeOf(client.broker('orders')).toEqualTypeOf<Scope>()
    // @ts-expect-error: a scope has no connection of its own
    client.broker('orders').close()
  })
  test('has a status that is a discriminated union', () => {
    expectTypeOf<Status['state']>().toEqualTypeOf<'idle' | 'connecting' | 'online' | 'waiting' | 'closed'>()
    const { status } = client
    if (status.state === 'waiting') expectTypeOf(status.reason).toEqualTypeOf<WildcastError>()
    if (status.state === 'closed') expectTypeOf(status.reason).toEqualTypeOf<WildcastError | undefined>()
    // @ts-expect-error: only a waiting client has a next retry
    void status.nextRetryAt
  })
})

interface Price {
  readonly price: number
}

describe('the type of the data', () => {
  test('is a parameter of subscribe, and applies to the handler and the loop', () => {
    client.subscribe<Price>('good.*', ({ data, params }) => {
      expectTypeOf(data).toEqualTypeOf<Price>()
      expectTypeOf(params).toEqualTypeOf<readonly string[]>()
      // @ts-expect-error a price has no name
      void data.name
    })
    client.subscribe<Price, 'good.*'>('good.*', ({ data, params }) => {
      expectTypeOf(data).toEqualTypeOf<Price>()
      expectTypeOf(params).toEqualTypeOf<readonly [string]>()
    })
    expectTypeOf(client.subscribe<Price>('good.*')).toEqualTypeOf<Subscription<Price>>()
    expectTypeOf(client.broker('orders').subscribe<Price>('good.*')).toEqualTypeOf<Subscription<Price>>()
    // @ts-expect-error the options are checked, too
    client.subscribe<Price>('good.*', { colour: 'red' })
    // @ts-expect-error this is the other pattern
    client.subscribe<Price, 'good.*'>('bad.*', quiet)
  })
  test('may be declared by the handler, so that the params keep their type', () => {
    client.subscribe('good.*', (message: Message<Price>) => void message.data.price)
    client.subscribe('good.*', ({ data, params }: Message<Price, Params<'good.*'>>) => {
      expectTypeOf(data).toEqualTypeOf<Price>()
      expectTypeOf(params).toEqualTypeOf<readonly [string]>()
    })
    // @ts-expect-error the pattern has one wildcard
    client.subscribe('good.*', (message: Message<Price, readonly [string, string]>) => void message)
  })
  test('is a parameter of publish, request and serve', () => {
    void client.publish<Price>('good.apple', { price: 3 })
    // @ts-expect-error not a price
    void client.publish<Price>('good.apple', { prize: 3 })
    expectTypeOf(client.request<number>('math.sum', [1, 2])).toEqualTypeOf<Promise<Message<number>>>()
    void client.request<number>('math.sum', [1, 2], {
      onPart: ({ data }) => expectTypeOf(data).toEqualTypeOf<number>(),
    })
    // @ts-expect-error the question has another type
    void client.request<number, number[]>('math.sum', ['1'])
    client.serve<number[], number>('math.sum', ({ data }) => data.reduce((a, b) => a + b))
    client.serve<number[], number>('math.sum', async ({ data }) => data.length)
    client.serve<number[], number>('math.sum', async function* ({ data }) {
      yield data.length
    })
    // @ts-expect-error the answer has another type
    client.serve<number[], number>('math.sum', ({ data }) => data.join())
    // @ts-expect-error so has the part
    client.serve<number[], number>('math.sum', async function* ({ data }) {
      yield data.join()
    })
  })
})

describe('the params of a message', () => {
  test('are as many as the wildcards of the pattern', () => {
    client.subscribe('room.*.msg', ({ params, data }) => {
      expectTypeOf(params).toEqualTypeOf<readonly [string]>()
      expectTypeOf(data).toBeUnknown()
      // @ts-expect-error there is one wildcard
      void params[1]
    })
    client.subscribe('room.*.**', ({ params }) => expectTypeOf(params).toEqualTypeOf<readonly [string, string]>())
    expectTypeOf(client.subscribe('a.*')).toEqualTypeOf<Subscription<unknown, readonly [string]>>()
  })
  test('are any number of strings if the pattern is a string', () => {
    const pattern: string = 'a.*'
    client.subscribe(pattern, ({ params }) => expectTypeOf(params).toEqualTypeOf<readonly string[]>())
    client.subscribe(`room.${pattern}`, ({ params }) => expectTypeOf(params).toEqualTypeOf<readonly string[]>())
  })
  test('allow a handler of any message', () => {
    client.subscribe('room.*', (message: Message) => void message)
    const log = ({ params, data }: Message): unknown => [params, data]
    client.subscribe('room.*', log)
    client.subscribe<Price>('room.*', log)
    expectTypeOf<Message<Price, readonly [string]>>().toExtend<Message<Price>>()
    expectTypeOf<Message<Price, readonly [string]>>().toExtend<Message>()
  })
})

describe('a message', () => {
  test('has unknown data, and is read-only', () => {
    expectTypeOf<Message['data']>().toEqualTypeOf<unknown>()
    expectTypeOf<Message['params']>().toEqualTypeOf<readonly string[]>()
    const change = (message: Message): void => {
      // @ts-expect-error: handlers share it
      message.subject = 'b'
      // @ts-expect-error: undefined if no answer is expected
      void message.respond('x')
    }
    void change
  })
})

test('a transport is one function', () => {
  expectTypeOf<OpenTransport>().toBeFunction()
})
