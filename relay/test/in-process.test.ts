import { createServer } from 'node:http'
import type { Client, Message, SubscribeOptions } from '@wildcast/client'
import { presence } from '@wildcast/client/presence'
import { defineContract, type } from '@wildcast/contract'
import { parsePattern } from '@wildcast/protocol'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  attach,
  createRelay,
  type HookCredentials,
  inProcess,
  memory,
  newId,
  openAuthenticator,
  realClock,
} from '../src/index.js'
import { memoryStore } from '../src/stores/memory/memory-store.js'
import { clientOf } from './client-of.js'
import { startRelay } from './start-relay.js'

// Only clients in the relay's process have this; the rest is in the tests of the SDK.

const brokers = () => ({ main: memory({ clock: realClock, newId }) })

/** Subscribes. Resolves when the relay has confirmed it, and rejects if it refuses it. */
const listening = (
  client: Client,
  pattern: string,
  handler: (message: Message) => void,
  options: SubscribeOptions = {},
) =>
  new Promise<void>((resolve, reject) => {
    client.subscribe(pattern, handler, { ...options, onStatus: (is) => is === 'ready' && resolve(), onError: reject })
  })

/** The code with which the relay has refused a client. */
const refusalOf = (client: Client): Promise<unknown> =>
  new Promise((resolve) => client.onStatus((status) => status.state === 'closed' && resolve(status.reason?.code)))

describe('a client in the process of its relay', () => {
  it('and one over a socket get the same messages in the same order', async () => {
    const relay = await startRelay()
    const [inside, outside] = [clientOf(relay, { inProcess: true }), clientOf(relay)]
    const [one, other]: [string[], string[]] = [[], []]
    await Promise.all([
      listening(inside, 'good.*', ({ subject, data }) => void one.push(`${subject} ${data}`)),
      listening(outside, 'good.*', ({ subject, data }) => void other.push(`${subject} ${data}`)),
    ])
    await Promise.all(Array.from({ length: 500 }, (_, i) => (i % 2 ? inside : outside).publish(`good.${i % 3}`, i)))
    await expect.poll(() => [one.length, other.length]).toEqual([500, 500])
    expect(one).toEqual(other)
  })

  it('has the types of a contract, and applies it', async () => {
    const relay = await startRelay()
    const client = relay.connect({
      contract: defineContract({ 'room.{room}.msg': { message: type<{ readonly text: string }>() } }),
    })
    onTestFinished(() => client.close())
    const got: string[] = []
    await new Promise<void>((resolve) => {
      client.subscribe('room.{room}.msg', ({ params, data }) => void got.push(`${params.room}: ${data.text}`), {
        onStatus: (status) => status === 'ready' && resolve(),
      })
    })
    // @ts-expect-error no entry of the contract has messages at 'hall.7'
    await client.publish('hall.7', { text: 'hi' })
    await client.publish('room.7.msg', { text: 'hi' })
    await expect.poll(() => got).toEqual(['7: hi'])
  })

  it('never shares a payload with its publisher, nor with another subscriber', async () => {
    const relay = await startRelay()
    const client = clientOf(relay, { inProcess: true })
    const got: Message[] = []
    await listening(client, 'a', (message) => got.push(message))
    await listening(clientOf(relay, { inProcess: true }), 'a', (message) => got.push(message))
    const [data, bytes] = [{ list: [1] }, Uint8Array.of(255)]
    void client.publish('a', data)
    void client.publish('a', bytes)
    data.list.push(2)
    bytes[0] = 0
    await expect.poll(() => got.length).toBe(4)
    const objects = got.map((message) => message.data).filter((one) => !(one instanceof Uint8Array))
    expect(objects).toEqual([{ list: [1] }, { list: [1] }])
    expect(objects[0]).not.toBe(objects[1])
    expect(got.flatMap((message) => (message.data instanceof Uint8Array ? [...message.data] : []))).toEqual([255, 255])
  })

  it('reads kept messages, and continues with later ones', async () => {
    const rules = [{ subjects: parsePattern('room.*'), messages: 10 }]
    const main = memory({ clock: realClock, newId, store: memoryStore({ clock: realClock, rules }) })
    const client = clientOf(await startRelay({ brokers: { main } }), { inProcess: true })
    for (const n of [1, 2, 3]) await client.publish('room.1', n)
    const got: unknown[] = []
    await listening(client, 'room.1', ({ data }) => void got.push(data), { last: 2 })
    await client.publish('room.1', 4)
    await expect.poll(() => got).toEqual([2, 3, 4])
  })

  it('is refused by the limits of the relay, each with its code', async () => {
    const relay = await startRelay({ limits: { payload: 10, connections: 1 } })
    const client = clientOf(relay, { inProcess: true })
    await expect(client.publish('a', 'x'.repeat(11))).rejects.toMatchObject({ code: 'too_large' })
    await expect(listening(client, '$a', () => {})).rejects.toMatchObject({ code: 'forbidden' })
    const second = clientOf(relay, { inProcess: true, onError: () => {} })
    await expect.poll(() => second.status).toMatchObject({ state: 'waiting' })
    client.close()
    await expect
      .poll(() => {
        second.reconnect()
        return second.status.state
      })
      .toBe('online')
  })

  it('leaves with its places and responders when it closes', async () => {
    const relay = await startRelay()
    const [client, other] = [clientOf(relay, { inProcess: true }), clientOf(relay)]
    await presence(client, 'room').enter()
    const seen = presence(other, 'room')
    client.serve('sum', () => 3)
    await expect.poll(() => other.request('sum', 0).then(({ data }) => data, String)).toBe(3)
    await expect.poll(() => seen.members.length).toBe(1)
    client.close()
    await expect.poll(() => seen.members.length).toBe(0)
    await expect(other.request('sum', 0)).rejects.toMatchObject({ code: 'no_responders' })
  })
})

describe('credentials in the process of a relay', () => {
  const authenticator = openAuthenticator(
    { roles: { staff: { publish: ['**'] } }, cookie: 'session' },
    {
      clock: realClock,
      authenticate({ token, cookies, headers }: HookCredentials) {
        const key = token ?? cookies.session ?? headers['x-key']
        return key === 'good' ? { user: 'ada', role: 'staff' } : undefined
      },
    },
  )
  const { authenticate } = authenticator

  it.each([
    ['a token', { token: 'good' }],
    ['a token of a function', { token: () => Promise.resolve('good') }],
    ['a cookie', { cookies: { session: 'good' } }],
    ['a header', { headers: { 'X-Key': 'good' } }],
    ['the header Authorization', { headers: { Authorization: 'Bearer good' } }],
  ])('are those of a handshake: %s', async (_, credentials) => {
    const relay = await startRelay({ authenticate })
    const client = relay.connect(credentials)
    onTestFinished(() => client.close())
    expect(await client.publish('a', 1)).toBe('confirmed')
    expect(await client.can('subscribe', 'a')).toBe(false)
  })

  it.each([
    ['none', {}],
    ['a wrong token', { token: 'bad' }],
    ['a wrong cookie', { cookies: { session: 'bad' } }],
  ])('that do not suffice end the client for good: %s', async (_, credentials) => {
    const relay = await startRelay({ authenticate })
    const client = relay.connect({ ...credentials, onError: () => {} })
    onTestFinished(() => client.close())
    expect(await refusalOf(client)).toBe('unauthorized')
  })
})

describe('the end of a relay', () => {
  it('closes the clients in its process, once their publishes are answered, and reports no error', async () => {
    const errors = vi.spyOn(console, 'error')
    onTestFinished(() => errors.mockRestore())
    const relay = await startRelay()
    const client = relay.connect()
    await listening(client, 'a', () => {})
    const published = client.publish('a', 1)
    await published
    const opening = relay.connect()
    await relay.close()
    expect(client.status.state).toBe('closed')
    expect(opening.status.state).toBe('closed')
    await expect(client.publish('a', 2)).rejects.toMatchObject({ code: 'interrupted' })
    const late = relay.connect()
    expect(late.status.state).toBe('closed')
    expect(errors).not.toHaveBeenCalled()
  })

  it('is also that of a relay that is attached to a server, or has no port', async () => {
    const options = { brokers: brokers(), onError: () => {} }
    const attached = await attach(createServer(), { ...options, gateways: [] })
    const alone = await createRelay({ ...options, newId })
    const local = inProcess(alone)
    const clients = [attached.connect(), local.connect()]
    for (const client of clients) expect(await client.publish('a', 1)).toBe('confirmed')
    await attached.close()
    await local.close()
    await alone.close()
    expect(clients.map(({ status }) => status.state)).toEqual(['closed', 'closed'])
  })
})
