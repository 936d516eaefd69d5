import { describe, expectTypeOf, test } from 'vitest'
import {
  type Client,
  createClient,
  type Message,
  type OpenTransport,
  type PublishOutcome,
  type Scope,
  type Status,
  type Subscription,
  type Undo,
  type WildcastError,
} from './index.js'
import { classicMsgpack, msgpack } from './msgpack.js'

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
    // @ts-expect-error: no constructor of a WebSocket
    createClient({ url: '/ws', WebSocket: Date })
  })
  test('takes a token as text, function or async function', () => {
    createClient({ url: '/ws', token: 'x' })
    createClient({ url: '/ws', token: () => 'x' })
    createClient({ url: '/ws', token: async () => 'x' })
    // @ts-expect-error: a token is text
    createClient({ url: '/ws', token: 5 })
  })
  test('takes codecs, dialects and undefined', () => {
    createClient({ url: '/ws', codec: msgpack, dialect: 'v1', token: undefined })
    createClient({ url: '/ws', codec: classicMsgpack, dialect: 'classic' })
    // @ts-expect-error: no dialect of ours
    createClient({ url: '/ws', dialect: 'v2' })
  })
})

describe('a client', () => {
  test('subscribes with a handler for an undo, without one for a loop', () => {
    expectTypeOf(client.subscribe('a', quiet)).toEqualTypeOf<Undo>()
    expectTypeOf(client.subscribe('a', (message) => void message.data, { group: 'g' })).toEqualTypeOf<Undo>()
    expectTypeOf(client.subscribe('a')).toEqualTypeOf<Subscription>()
    expectTypeOf(client.subscribe('a', { signal: AbortSignal.abort() })).toEqualTypeOf<Subscription>()
    expectTypeOf(client.subscribe('a').ready).toEqualTypeOf<Promise<void>>()
    expectTypeOf(client.subscribe('a', quiet, { deliver: 'latest', maxRate: 10 })).toEqualTypeOf<Undo>()
    // @ts-expect-error: no such option
    client.subscribe('a', { colour: 'red' })
    // @ts-expect-error: no such policy
    client.subscribe('a', { deliver: 'newest' })
  })
  test('publishes and requests', () => {
    expectTypeOf(client.publish('a', 1)).toEqualTypeOf<Promise<PublishOutcome>>()
    expectTypeOf<PublishOutcome>().toEqualTypeOf<'confirmed' | 'unknown'>()
    expectTypeOf(client.request('a', 1, { timeoutMs: 5 })).toEqualTypeOf<Promise<Message>>()
    expectTypeOf(client.serve('a', async (message) => message.json())).toEqualTypeOf<Undo>()
  })
  test('gives the same verbs on another broker, and nothing more', () => {
    expectTypeOf(client.broker('orders')).toEqualTypeOf<Scope>()
    // @ts-expect-error: a scope has no connection of its own
    client.broker('orders').close()
  })
  test('has a status that a switch exhausts', () => {
    expectTypeOf<Status['state']>().toEqualTypeOf<'idle' | 'connecting' | 'online' | 'waiting' | 'closed'>()
    const { status } = client
    if (status.state === 'waiting') expectTypeOf(status.reason).toEqualTypeOf<WildcastError>()
    if (status.state === 'closed') expectTypeOf(status.reason).toEqualTypeOf<WildcastError | undefined>()
    // @ts-expect-error: only a waiting client has a next try
    void status.nextRetryAt
  })
})

describe('a message', () => {
  test('tells nothing of the type of its data, and cannot be changed', () => {
    expectTypeOf<Message['data']>().toEqualTypeOf<unknown>()
    expectTypeOf<Message['params']>().toEqualTypeOf<readonly string[]>()
    const change = (message: Message): void => {
      // @ts-expect-error: handlers share it
      message.subject = 'b'
      // @ts-expect-error: no answer may be awaited
      void message.respond('x')
    }
    void change
  })
})

test('a transport is one function', () => {
  expectTypeOf<OpenTransport>().toBeFunction()
})
