import type { Client, SubscriptionStatus, WildcastError } from '@wildcast/client'
import { msgpack } from '@wildcast/client/msgpack'
import { stream as overHttp } from '@wildcast/client/stream'
import { describe, expect, it } from 'vitest'
import { clientOf, type TestedClient } from './client-of.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const speaking: [string, TestedClient][] = [
  ['JSON', {}],
  ['MessagePack', { codec: msgpack }],
  ['plain HTTP', { transport: overHttp }],
  ['no socket, in its process', { inProcess: true }],
]

const open = (relay: StartedRelay, options: TestedClient): Client => clientOf(relay, { onError: () => {}, ...options })

describe.each(speaking)('the SDK with %s', (_, options) => {
  it('reports a rejection to each handler and iterator of its pattern', async () => {
    const client = open(await startRelay(), options)
    const refusals: string[] = []
    const subscribe = (): void => {
      client.subscribe('a.**.b.**.c.**', () => {}, { onError: ({ code }) => refusals.push(code) })
    }
    subscribe()
    await expect.poll(() => refusals).toEqual(['invalid_subject'])
    subscribe()
    await expect.poll(() => refusals).toEqual(['invalid_subject', 'invalid_subject'])
    const loop = client.subscribe('a.**.b.**.c.**')[Symbol.asyncIterator]()
    await expect(loop.next()).rejects.toMatchObject({ code: 'invalid_subject' })
  })

  it('retries a subscription over the limit when another one has ended', async () => {
    const client = open(await startRelay({ limits: { subscriptions: 1 } }), options)
    const undo = client.subscribe('a', () => {}, { group: 'g' })
    const statuses: SubscriptionStatus[] = []
    const errors: WildcastError[] = []
    client.subscribe('b', () => {}, {
      onStatus: (status) => statuses.push(status),
      onError: (error) => errors.push(error),
    })
    await expect.poll(() => statuses.at(-1)).toBe('error')
    expect(errors).toMatchObject([{ code: 'too_many_subscriptions' }])
    undo()
    await expect.poll(() => statuses.at(-1)).toBe('ready')
    await client.subscribe('b').ready
  })

  it('unsubscribes when a waiting loop ends', async () => {
    const client = open(await startRelay({ limits: { subscriptions: 1 } }), options)
    const subscription = client.subscribe('a', { group: 'g' })
    await subscription.ready
    const loop = subscription[Symbol.asyncIterator]()
    const next = loop.next()
    await loop.return?.()
    expect(await next).toEqual({ done: true, value: undefined })
    await client.subscribe('b').ready
  })

  it.each<[string, unknown, unknown]>([
    ['text', 'ä😀', 'ä😀'],
    ['JSON', { text: 'ä😀', at: new Date(0), gone: undefined }, { text: 'ä😀', at: '1970-01-01T00:00:00.000Z' }],
    ['bytes', Uint8Array.of(0xff, 0), Uint8Array.of(0xff, 0)],
    ['a lone surrogate', '\ud800', TypeError],
    ['a lone surrogate in JSON', { text: '\udc00' }, TypeError],
    ['NaN', { value: Number.NaN }, TypeError],
    ['a bigint', [1n], TypeError],
    ['a Map', new Map([['a', 1]]), TypeError],
    ['a Set', { set: new Set() }, TypeError],
    ['an Error', new Error('no'), TypeError],
    ['a Blob', new Blob(['x']), TypeError],
  ])('has one meaning for %s', async (_, data, expected) => {
    const client = open(await startRelay(), options)
    client.serve('echo', (message) => message.data)
    await expect.poll(() => client.request('echo', 1).then(({ data: echo }) => echo, String)).toBe(1)
    const outcome = client.request('echo', data)
    if (expected === TypeError) {
      await expect(outcome).rejects.toThrow(TypeError)
      await expect(client.publish('a', data)).rejects.toThrow(TypeError)
    } else expect((await outcome).data).toEqual(expected)
  })

  it('sends times and rates that the relay accepts, for every number', async () => {
    const client = open(await startRelay(), options)
    client.serve('echo', (message) => message.data)
    await expect.poll(() => client.request('echo', 1).then(({ data }) => data, String)).toBe(1)
    for (const timeoutMs of [0.5 + 5000, 2 ** 31, Number.MAX_VALUE, Number.POSITIVE_INFINITY])
      expect((await client.request('echo', 2, { timeoutMs })).data).toBe(2)
    for (const maxRate of [1e-9, 0.5, 2 ** 31, Number.MAX_VALUE, Number.POSITIVE_INFINITY])
      await client.subscribe('a', { maxRate }).ready
  })
})
