import { describe, expect, it } from 'vitest'
import { memory, newId, type OpenBroker, realClock } from '../../src/index.js'
import { token } from '../auth/auth-relay.js'
import { clientOf } from '../client-of.js'
import { eventSource } from '../event-source.js'
import { connect, type Socket } from '../socket.js'
import { type NamespacedRelay, namespacedRelay } from './namespaced-relay.js'

const open = (): OpenBroker => memory({ clock: realClock, newId })
const started = (): Promise<NamespacedRelay> => namespacedRelay({ shop: open(), blog: open() })

/** A request of each endpoint. */
const requests = [
  { path: '/publish/a', method: 'POST', body: 'x' },
  { path: '/value/a', method: 'GET' },
  { path: '/value/a', method: 'PUT', body: 'x' },
  { path: '/history/a', method: 'GET' },
  { path: '/subscribe/a', method: 'GET' },
  { path: '/request/a', method: 'GET' },
]

const requestOf = (headers: Record<string, string>, request: RequestInit): RequestInit => ({
  ...request,
  headers: { ...headers, accept: 'text/event-stream, */*' },
})

/** A connection of v1. Returns it with the first answer. */
async function connected(address: string, frame: object): Promise<{ socket: Socket; first: object }> {
  const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
  socket.send(JSON.stringify({ Connect: frame }))
  return { socket, first: (await socket.json()) as object }
}

const codeIn = (frame: unknown): unknown => (frame as { Error?: { code: string } }).Error?.code

describe('a client of a namespace', () => {
  it('sees the brokers of its namespace alone, under its own names', async () => {
    const { blog } = await started()
    await blog.client.publish('a', '')
    expect(blog.client.welcome?.brokers.map(({ name, default: first }) => [name, first])).toEqual([['main', true]])
  })

  it.each(['shop_main', 'blog_main', 'shop'])('can not name the broker %s of the relay', async (broker) => {
    const { blog } = await started()
    const { address, headers, client } = blog
    await expect(client.publish('a', '', { broker })).rejects.toMatchObject({
      code: 'unknown_broker',
      message: 'there is no broker of that name; there are: main',
    })
    const subscription = client.subscribe('a', { broker })
    await expect(subscription.ready).rejects.toMatchObject({ code: 'unknown_broker' })
    for (const { path, ...request } of requests) {
      const response = await fetch(`http://${address}${path}?broker=${broker}`, requestOf(headers, request))
      const text = await response.text()
      expect({ path, text }).toEqual({ path, text: expect.stringMatching(/^unknown_broker: [^_]*main\n/) })
    }
  })

  it('reaches its broker by ?broker=', async () => {
    const { blog } = await started()
    const { response } = await eventSource(`http://${blog.address}/subscribe/a?broker=main`, blog.headers)
    const published = await fetch(`http://${blog.address}/publish/a?broker=main`, { method: 'POST', ...blog })
    expect([response.status, published.status]).toEqual([200, 202])
  })

  it('reaches no server of another namespace', async () => {
    const { shop, blog } = await started()
    shop.client.serve('only.there', () => 'from the shop')
    await shop.client.publish('a', '') // after the server
    await expect(blog.client.request('only.there', '')).rejects.toMatchObject({ code: 'no_responders' })
    expect((await shop.client.request('only.there', '')).text()).toBe('from the shop')
  })

  it('can not resume a session of the same user in another namespace', async () => {
    const { shop, blog } = await started()
    const { first } = await connected(shop.address, { token: shop.token })
    const { session } = (first as { Welcome: { session: string } }).Welcome
    expect(codeIn((await connected(blog.address, { token: blog.token, session })).first)).toBe('unauthorized')
  })

  it('can not renew its token with one of the same user in another namespace', async () => {
    const { shop, blog } = await started()
    const { socket } = await connected(blog.address, { token: blog.token })
    socket.send(JSON.stringify({ Authenticate: { ref: 1, token: shop.token } }))
    expect(codeIn(await socket.json())).toBe('unauthorized')
  })
})

describe('a port of a namespace', () => {
  it('serves clients whose credentials state it, or none', async () => {
    const { addresses, shop } = await started()
    const seen = shop.client.subscribe('a')
    await seen.ready
    const silent = await token({ wildcast: { role: 'member' } })
    for (const theirs of [shop.token, silent])
      await clientOf({ address: addresses.shop }, { token: () => theirs }).publish('a', theirs)
    const texts: string[] = []
    for await (const message of seen) if (texts.push(message.text()) === 2) break
    expect(texts).toEqual([shop.token, silent])
  })

  it('refuses clients of another one, through every endpoint', async () => {
    const { addresses, blog } = await started()
    const { first } = await connected(addresses.shop, { token: blog.token })
    expect(first).toMatchObject({ Error: { code: 'forbidden', message: expect.stringContaining('namespace "blog"') } })
    const http = `http://${addresses.shop}`
    for (const { path, ...request } of [...requests, { path: '/ticket', method: 'POST' }]) {
      const { status } = await fetch(http + path, requestOf(blog.headers, request))
      expect({ path, status }).toEqual({ path, status: 403 })
    }
    await expect(connect(`ws://${addresses.shop}/ws`, undefined, { headers: blog.headers })).rejects.toThrow('403')
  })

  it('refuses a ticket of another one', async () => {
    const { addresses, blog } = await started()
    const made = await fetch(`http://${blog.address}/ticket`, { method: 'POST', headers: blog.headers })
    const { ticket } = (await made.json()) as { ticket: string }
    const { response } = await eventSource(`http://${addresses.shop}/subscribe/a?ticket=${ticket}`)
    expect(response.status).toBe(403)
  })
})

describe('a port without a namespace', () => {
  it.each([
    ['none, since every broker belongs to one', undefined, 'all brokers of this relay belong to namespaces'],
    ['one that there is not', 'store', 'this relay has no namespace "store"'],
  ])('refuses credentials with the namespace: %s', async (_, namespace, message) => {
    const { blog } = await started()
    const theirs = await token({ wildcast: { role: 'member', ...(namespace && { namespace }) } })
    const { first } = await connected(blog.address, { token: theirs })
    expect(first).toMatchObject({ Error: { code: 'forbidden', message: expect.stringContaining(message) } })
  })
})
