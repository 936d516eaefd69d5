import type { Client } from '@wildcast/client'
import { msgpack } from '@wildcast/client/msgpack'
import { stream } from '@wildcast/client/stream'
import { values } from '@wildcast/client/values'
import { describe, expect, it, vi } from 'vitest'
import { clientOf, type TestedClient } from './client-of.js'
import { startRelay } from './start-relay.js'

// Filters of the SDK, with the relay, over real sockets and in its process.

const speaking: [string, TestedClient][] = [
  ['JSON', {}],
  ['MessagePack', { codec: msgpack }],
  ['plain HTTP', { transport: stream }],
  ['no socket, in its process', { inProcess: true }],
]

interface Order {
  readonly status: string
  readonly n?: number
}

const connected = async (options: TestedClient): Promise<Client> => clientOf(await startRelay(), options)
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 60_000, interval: 5 })
const open = { status: 'open' }

describe.each(speaking)('the SDK over %s', (_, options) => {
  it('subscribes with a filter', async () => {
    const client = await connected(options)
    const orders = client.subscribe<Order>('order.*', { filter: open })
    const nulls: unknown[] = []
    client.subscribe('order.*', ({ data }) => nulls.push(data), { filter: null })
    await orders.ready
    for (const data of [{ status: 'paid' }, 'open', null, { status: 'open', n: 7 }])
      await client.publish('order.1', data)
    const loop = orders[Symbol.asyncIterator]()
    expect((await loop.next()).value).toMatchObject({ data: { status: 'open', n: 7 }, left: false })
    await until(() => expect(nulls).toEqual([null]))
  })

  it('watches the values of a filter, without those that have left it', async () => {
    const client = await connected(options)
    const store = values(client)
    const seen: unknown[] = []
    client.subscribe('order.*', ({ subject, left }) => seen.push([subject, left]), { filter: open })
    await store.set('order.1', { status: 'open' })
    await store.set('order.2', { status: 'paid' })
    const watched = store.watch<Order>('order.*', { filter: open })
    await watched.synced
    const shown = (): string[] => [...watched.all.keys()]
    expect(shown()).toEqual(['order.1'])
    await store.set('order.2', { status: 'open' })
    await store.set('order.1', { status: 'paid' })
    await until(() => expect(shown()).toEqual(['order.2']))
    expect(seen).toEqual([
      ['order.1', false],
      ['order.2', false],
    ])
    await store.delete('order.2')
    await until(() => expect(shown()).toEqual([]))
    expect(watched.status).toBe('synced')
  })

  it('reports a filter that the relay refuses', async () => {
    const client = await connected(options)
    const orders = client.subscribe('order.*', { filter: 'x'.repeat(2000), onError: () => {} })
    await expect(orders.ready).rejects.toMatchObject({ code: 'too_large', message: expect.stringMatching(/"filter"/) })
  })
})
