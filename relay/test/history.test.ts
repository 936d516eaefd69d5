import { type Socket, connect as tcp } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Action, crossOrigin, historyEndpoint, http, type RelayServerOptions } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { eventSource } from './event-source.js'
import { keepingBroker, watched } from './keeping-broker.js'
import { type StartedRelay, startRelay } from './start-relay.js'

const longPollMs = 20_000
const gateways = [crossOrigin({ origins: ['https://shop.example'] }), http, historyEndpoint({ longPollMs })]

/** A relay that keeps the last 3 messages of each subject `room.*`. */
const start = (options: Partial<RelayServerOptions> = {}): Promise<StartedRelay> =>
  startRelay({
    gateways,
    brokers: { test: keepingBroker([{ subjects: 'room.*', messages: 3 }], options.clock) },
    ...options,
  })

const ask = ({ address }: StartedRelay, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://${address}/history/${path}`, init)

const append = (
  relay: StartedRelay,
  body: BodyInit,
  headers: Record<string, string> = {},
  subject = 'room.1',
): Promise<Response> =>
  ask(relay, subject, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

const offsetOf = (response: Response): string => response.headers.get('stream-next-offset') ?? ''

describe('/history', () => {
  it('appends what subscribers receive, and reads all that was published', async () => {
    const relay = await start()
    expect((await append(relay, '[{"n":1},{"n":2}]')).status).toBe(204)
    await fetch(`http://${relay.address}/publish/room.1`, { method: 'POST', body: 'no JSON' })
    const response = await ask(relay, 'room.1')
    expect(await response.text()).toBe('[{"n":1},{"n":2},"no JSON"]')
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'private, no-cache',
      'stream-up-to-date': 'true',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': "default-src 'none'; sandbox",
    })
  })

  it('answers 410 to a reader whose messages are forgotten, and reads what is kept from -1', async () => {
    const relay = await start()
    const offset = offsetOf(await append(relay, '0'))
    await append(relay, '[1,2,3]')
    expect(await (await ask(relay, `room.1?offset=${offset}`)).json()).toEqual([1, 2, 3])
    await append(relay, '4')
    for (const live of ['', '&live=sse', '&live=long-poll'])
      expect((await ask(relay, `room.1?offset=${offset}${live}`)).status).toBe(410)
    expect((await ask(relay, 'room.1?offset=zzzzzzzzzz-000000001')).status).toBe(410)
    expect(await (await ask(relay, 'room.1?offset=-1')).json()).toEqual([2, 3, 4])
  })

  it.each([
    ['GET', 'room.1?after=start', 400],
    ['GET', 'room.1?offset=-1&offset=now', 400],
    ['GET', 'room.1?offset=start', 400],
    ['GET', 'room.1?offset=-1&live=yes', 400],
    ['GET', 'room.1?live=sse', 400],
    ['POST', 'room.1?offset=-1', 400],
    ['GET', 'room.*', 400],
    ['GET', 'room.1/fork', 400],
    ['GET', '_secret', 403],
    ['GET', 'lamp.1', 404],
    ['POST', 'lamp.1', 404],
    ['PUT', 'lamp.1', 404],
    ['GET', 'room.1?broker=nowhere', 404],
    ['DELETE', 'room.1', 405],
    ['PUT', '__ds/subscriptions/1', 501],
  ])('%s %s is answered by %i', async (method, path, status) => {
    const relay = await start()
    const body = method === 'POST' || method === 'PUT' ? '1' : null
    const response = await ask(relay, path, { method, body, headers: { 'content-type': 'application/json' } })
    expect(response.status).toBe(status)
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it.each(['stream-ttl', 'stream-expires-at', 'stream-closed', 'stream-forked-from'])('offers no %s', async (name) => {
    const relay = await start()
    const response = await append(relay, '1', { [name]: 'true' })
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('not offered')])
  })

  it('keeps the content type of messages without a declaration', async () => {
    const relay = await start()
    await append(relay, '1')
    const declare = (type: string): Promise<Response> =>
      ask(relay, 'room.1', { method: 'PUT', headers: { 'content-type': type } })
    expect((await declare('text/plain')).status).toBe(409)
    expect((await declare('application/json; charset=utf-8')).status).toBe(201)
    expect((await declare('application/json')).status).toBe(200)
  })

  it('lets a client read, append or declare by its permissions', async () => {
    const only = (kind: Action['kind']): Promise<StartedRelay> => start({ authorize: (action) => action.kind === kind })
    const [reading, writing] = [await only('subscribe'), await only('publish')]
    const put = { method: 'PUT', headers: { 'content-type': 'application/json' } }
    expect((await ask(reading, 'room.1')).status).toBe(200)
    expect((await append(reading, '1')).status).toBe(403)
    expect((await ask(reading, 'room.1', put)).status).toBe(403)
    expect((await append(writing, '1')).status).toBe(204)
    expect((await ask(writing, 'room.1', put)).status).toBe(201)
    for (const query of ['', '?offset=-1&live=sse', '?offset=-1&live=long-poll'])
      expect((await ask(writing, `room.1${query}`)).status).toBe(403)
  })

  it('publishes nothing of an array with a message that is refused', async () => {
    const relay = await start({ limits: { payload: 10 } })
    expect((await append(relay, '["a","longer than 10"]')).status).toBe(413)
    expect(await (await ask(relay, 'room.1')).json()).toEqual([])
    expect((await append(relay, '[1,22222222,3]')).status).toBe(204)
    expect((await append(relay, `[${'1,'.repeat(20)}1]`)).status).toBe(413)
  })

  it('declares nothing if the first messages are refused', async () => {
    const relay = await start({ limits: { payload: 10 } })
    const put = (body: string): RequestInit => ({ method: 'PUT', body, headers: { 'content-type': 'text/plain' } })
    expect((await ask(relay, 'room.1', put('longer than 10'))).status).toBe(413)
    expect((await ask(relay, 'room.1', put('short'))).status).toBe(201)
    expect((await ask(relay, 'room.1', put('again'))).status).toBe(200)
    expect(await (await ask(relay, 'room.1')).text()).toBe('short')
  })

  it('asks once whether a client may publish the messages of an array', async () => {
    const asked: string[] = []
    const authorize = async ({ kind }: Action): Promise<boolean> => asked.push(kind) > 0
    const relay = await start({ authorize })
    expect((await append(relay, '[1,2,3]')).status).toBe(204)
    expect(asked).toEqual(['publish'])
  })

  it('knows the producers of each user, whatever their names', async () => {
    const relay = await start({ authenticate: async ({ token }) => ({ user: token, claims: {} }) })
    const write = async (user: string, epoch: string): Promise<number> => {
      const producer = { 'producer-id': 'p', 'producer-epoch': epoch, 'producer-seq': '0' }
      return (await append(relay, '1', { authorization: `Bearer ${user}`, ...producer })).status
    }
    expect([await write('ada', '0'), await write('bob', '9'), await write('ada', '1')]).toEqual([200, 200, 200])
    expect(await write('bob', '8')).toBe(403)
  })

  it('shows its headers to pages of other origins', async () => {
    const relay = await start()
    const response = await ask(relay, 'room.1', { headers: { origin: 'https://shop.example' } })
    expect(response.headers.get('access-control-expose-headers')).toMatch(/Stream-Next-Offset.*Producer-Epoch/)
  })

  it('appends each write of a producer once, and none before an earlier one', async () => {
    const relay = await start()
    const write = (seq: number): Promise<Response> =>
      append(relay, `${seq}`, { 'producer-id': 'p', 'producer-epoch': '0', 'producer-seq': `${seq}` })
    const [first, second] = await Promise.all([write(0), write(0)])
    expect([first?.status, second?.status].sort()).toEqual([200, 204])
    expect((await write(1)).status).toBe(200)
    const gap = await write(3)
    expect([gap.status, gap.headers.get('producer-expected-seq')]).toEqual([409, '2'])
    expect(await (await ask(relay, 'room.1')).json()).toEqual([0, 1])
  })
})

describe('a long poll', () => {
  const poll = (relay: StartedRelay, offset: string): Promise<Response> =>
    ask(relay, `room.1?offset=${offset}&live=long-poll`)

  /** A relay, and its broker. */
  async function begin(options: Partial<RelayServerOptions> = {}) {
    const broker = watched(keepingBroker([{ subjects: 'room.*', messages: 3 }], options.clock))
    return { broker, relay: await start({ brokers: { test: broker.open }, ...options }) }
  }

  it('waits for a message', async () => {
    const { relay, broker } = await begin()
    const offset = offsetOf(await append(relay, '0'))
    const polling = poll(relay, offset)
    await broker.subscribed()
    await append(relay, '1', {}, 'room.2')
    const next = offsetOf(await append(relay, '1'))
    const response = await polling
    expect([response.status, await response.json(), offsetOf(response)]).toEqual([200, [1], next])
    expect(response.headers.get('stream-cursor')).toMatch(/^\d+$/)
  })

  it('waits no longer than its time', async () => {
    const clock = fakeClock()
    const { relay, broker } = await begin({ clock })
    const offset = offsetOf(await append(relay, '0'))
    const polling = poll(relay, 'now')
    await broker.subscribed()
    clock.advance(longPollMs)
    const response = await polling
    expect([response.status, offsetOf(response)]).toEqual([204, offset])
  })

  it('counts as a connection, and ends with the relay', async () => {
    const { relay, broker } = await begin({ limits: { connections: 1 } })
    const polling = poll(relay, 'now')
    await broker.subscribed()
    expect((await poll(relay, 'now')).status).toBe(503)
    await relay.close()
    expect((await polling).status).toBe(204)
  })

  it('ends with its client', async () => {
    const { relay, broker } = await begin({ limits: { connections: 1 } })
    const leaving = new AbortController()
    const gone = ask(relay, 'room.1?offset=now&live=long-poll', { signal: leaving.signal }).catch(() => 'gone')
    await broker.subscribed()
    leaving.abort()
    expect(await gone).toBe('gone')
    await append(relay, '1')
    await expect.poll(async () => (await poll(relay, '-1')).status).toBe(200)
  })
})

describe('a stream of events', () => {
  const stream = (relay: StartedRelay, offset: string): ReturnType<typeof eventSource> =>
    eventSource(`http://${relay.address}/history/room.1?offset=${offset}&live=sse`)

  it('has the messages, each time with the offset after them', async () => {
    const relay = await start()
    await append(relay, '[0,1]')
    const source = await stream(relay, '-1')
    expect(await source.next()).toEqual({ event: 'data', data: [0, 1] })
    expect(await source.next()).toMatchObject({ event: 'control', data: { upToDate: true } })
    const offset = offsetOf(await append(relay, '2'))
    expect(await source.next()).toEqual({ event: 'data', data: [2] })
    expect(await source.next()).toMatchObject({ event: 'control', data: { streamNextOffset: offset } })
  })

  it('has a heartbeat, counts as a connection, and ends with the relay', async () => {
    const clock = fakeClock()
    const relay = await start({ clock, limits: { connections: 1 } })
    const source = await stream(relay, 'now')
    await source.next()
    expect((await stream(relay, 'now')).response.status).toBe(503)
    clock.advance(25_000)
    await expect.poll(() => source.asides).toEqual([':'])
    await relay.close()
    await source.ended
  })

  it('ends when its reader has missed forgotten messages, and disconnects a stuck reader', async () => {
    const clock = fakeClock()
    const relay = await start({ clock })
    const [late, stuck] = [await unread(relay), await unread(relay)]
    const cut = new Promise((resolve) => stuck.on('error', resolve).once('close', resolve))
    const body = JSON.stringify('x'.repeat(1000_000))
    for (let i = 0; i < 20; i++) await append(relay, body)
    const ended = new Promise((resolve) => late.once('end', resolve))
    late.resume()
    await ended
    clock.advance(10_000)
    stuck.resume()
    await cut
    expect(relay.errors).toEqual([])
  })
})

/** A stream whose client reads only the head. */
async function unread({ address }: StartedRelay): Promise<Socket> {
  const socket = tcp(Number(address.split(':')[1]), '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  socket.write('GET /history/room.1?offset=now&live=sse HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await new Promise((resolve) => socket.once('readable', resolve))
  return socket
}
