import { DurableStream, IdempotentProducer, stream } from '@durable-streams/client'
import { beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { historyEndpoint, newId, realClock, redis } from '../../src/index.js'
import { rule } from '../../src/testing/history-under-test.js'
import { emptied } from '../brokers/redis-store.js'
import { eventSource } from '../event-source.js'
import { type Redis, startRedis } from '../servers/redis.js'
import { openProxy } from '../servers/tcp-proxy.js'
import { startRelay } from '../start-relay.js'

let server: Redis

beforeAll(async () => {
  server = await startRedis()
  return server.stop
})
beforeEach(() => emptied(server))

const contentType = 'text/plain'

/** The URL of a history at a relay of its own. */
async function urlOf(subject: string, port = server.port): Promise<string> {
  const settings = { url: `redis://127.0.0.1:${port}`, history: [rule('room.*', { messages: 1000 })] }
  const relay = await startRelay({
    gateways: [historyEndpoint({ longPollMs: 1000 })],
    brokers: { main: redis(settings, { clock: realClock, newId }) },
  })
  return `http://${relay.address}/history/${subject}`
}

it('relays of one server share a history, its content type and its producers', async () => {
  const [one, other] = [await urlOf('room.1'), await urlOf('room.1')]
  const handle = await DurableStream.create({ url: one, contentType })
  await expect(DurableStream.create({ url: other, contentType: 'text/html' })).rejects.toMatchObject({ status: 409 })
  const read = await stream({ url: other, live: 'sse' })
  const received: string[] = []
  const all = new Promise<void>((resolve) => {
    onTestFinished(
      read.subscribeText(async ({ text }) => {
        received.push(text)
        if (received.join('').endsWith('c')) resolve()
      }),
    )
  })
  for (const text of ['a', 'b']) await handle.append(text)
  const write = (url: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      body: 'c',
      headers: { 'content-type': contentType, 'producer-id': 'p', 'producer-epoch': '0', 'producer-seq': '0' },
    })
  expect([(await write(one)).status, (await write(other)).status]).toEqual([200, 204])
  await all
  expect(received.join('')).toBe('abc')
  read.cancel()
})

/** Appends messages until one of them is accepted. */
async function append(url: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await expect.poll(async () => (await fetch(url, { method: 'POST', body, headers })).status).toBe(204)
}

it('a reader misses nothing while its relay has lost the broker', async () => {
  const proxy = await openProxy(server.port)
  onTestFinished(() => proxy.close())
  const [reading, writing] = [await urlOf('room.1', proxy.port), await urlOf('room.1')]
  await append(writing, '0')
  const source = await eventSource(`${reading}?offset=-1&live=sse`)
  expect(await source.next()).toMatchObject({ data: [0] })
  await source.next()
  proxy.refuse()
  proxy.cut()
  await append(writing, '1')
  await proxy.accept()
  expect(await source.next()).toMatchObject({ event: 'data', data: [1] })
  expect(await source.next()).toMatchObject({ event: 'control', data: { upToDate: true } })
})

it('a reader learns that the broker has lost its messages', async () => {
  const url = await urlOf('room.1')
  await append(url, '0')
  const source = await eventSource(`${url}?offset=-1&live=sse`)
  await source.next()
  const { data } = await source.next()
  await server.restart()
  await append(url, '1')
  await source.ended
  expect((await fetch(`${url}?offset=${data.streamNextOffset}`)).status).toBe(410)
  expect(await (await fetch(url)).json()).toEqual([1])
})

it('a producer continues at another relay', async () => {
  const [one, other] = [await urlOf('room.1'), await urlOf('room.1')]
  await DurableStream.create({ url: one, contentType })
  for (const [epoch, url] of [one, other, one].entries()) {
    const producer = new IdempotentProducer(await DurableStream.connect({ url }), 'p', { epoch })
    for (let i = 0; i < 50; i++) producer.append(`${epoch}`)
    await producer.flush()
  }
  const text = await (await stream({ url: other, live: false })).text()
  expect(text).toBe(`${'0'.repeat(50)}${'1'.repeat(50)}${'2'.repeat(50)}`)
})
