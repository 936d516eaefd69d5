import { DurableStream, IdempotentProducer, stream } from '@durable-streams/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { historyEndpoint, http } from '../../src/index.js'
import { keepingBroker } from '../keeping-broker.js'
import { type StartedRelay, startRelay } from '../start-relay.js'

const contentType = 'application/json'

/** A relay that keeps 6,000 messages of each subject `room.*`. */
const start = (): Promise<StartedRelay> =>
  startRelay({
    gateways: [http, historyEndpoint({ longPollMs: 200 })],
    brokers: { test: keepingBroker([{ subjects: 'room.*', messages: 6000 }]) },
  })

const urlOf = ({ address }: StartedRelay, subject: string): string => `http://${address}/history/${subject}`

const publish = ({ address }: StartedRelay, subject: string, body: string): Promise<Response> =>
  fetch(`http://${address}/publish/${subject}`, { method: 'POST', body })

describe('the client of Durable Streams', () => {
  it('reads what others have published on a subject without a declaration', async () => {
    const relay = await start()
    for (const body of ['{"n":1}', '{"n":2}']) await publish(relay, 'room.1', body)
    const read = await stream({ url: urlOf(relay, 'room.1'), live: false })
    expect(await read.json()).toEqual([{ n: 1 }, { n: 2 }])
  })

  it('creates a history, appends, reads, and continues after an offset', async () => {
    const relay = await start()
    const handle = await DurableStream.create({ url: urlOf(relay, 'room.1'), contentType })
    await handle.append('{"n":1}')
    const first = await handle.stream({ live: false })
    expect(await first.json()).toEqual([{ n: 1 }])
    await handle.append('{"n":2}')
    const second = await handle.stream({ offset: first.offset, live: false })
    expect(await second.json()).toEqual([{ n: 2 }])
    expect(await handle.head()).toMatchObject({ exists: true, contentType, offset: second.offset })
  })

  it.each(['sse', 'long-poll'] as const)('receives by %s what comes later, each message once', async (live) => {
    const relay = await start()
    await publish(relay, 'room.1', '0')
    const read = await stream<number>({ url: urlOf(relay, 'room.1'), live })
    const received: number[] = []
    const all = new Promise<void>((resolve) => {
      const stop = read.subscribeJson(async ({ items }) => {
        received.push(...items)
        if (received.at(-1) === 20) resolve()
      })
      onTestFinished(stop)
    })
    for (let i = 1; i <= 20; i++) await publish(relay, 'room.1', `${i}`)
    await all
    expect(received).toEqual(Array.from({ length: 21 }, (_, i) => i))
    read.cancel()
  })

  it('receives bytes by SSE', async () => {
    const relay = await start()
    const handle = await DurableStream.create({ url: urlOf(relay, 'room.1'), contentType: 'application/octet-stream' })
    await handle.append(Uint8Array.of(0, 255, 10))
    const read = await handle.stream({ live: 'sse' })
    const received = await new Promise<Uint8Array>((resolve) => {
      onTestFinished(read.subscribeBytes(async ({ data }) => resolve(data)))
    })
    expect(received).toEqual(Uint8Array.of(0, 255, 10))
    read.cancel()
  })

  it('writes thousands of messages in batches, once each and in order', async () => {
    const relay = await start()
    const handle = await DurableStream.create({ url: urlOf(relay, 'room.1'), contentType })
    const errors: Error[] = []
    const producer = new IdempotentProducer(handle, 'writer-1', { onError: (error) => errors.push(error) })
    for (let i = 0; i < 5000; i++) producer.append(JSON.stringify({ i }))
    await producer.flush()
    expect(errors).toEqual([])
    const items = await (await handle.stream<{ i: number }>()).json()
    expect(items.map(({ i }) => i)).toEqual(Array.from({ length: 5000 }, (_, i) => i))
    await producer.detach()
  })

  it('is fenced off by another instance of its producer, and may claim it back', async () => {
    const relay = await start()
    const handle = await DurableStream.create({ url: urlOf(relay, 'room.1'), contentType })
    const other = new IdempotentProducer(handle, 'writer-1', { epoch: 3 })
    other.append('1')
    await other.flush()
    const errors: Error[] = []
    const fenced = new IdempotentProducer(handle, 'writer-1', { onError: (error) => errors.push(error) })
    fenced.append('2')
    await fenced.flush().catch(() => {})
    expect(errors).toMatchObject([{ name: 'StaleEpochError' }])
    const claiming = new IdempotentProducer(handle, 'writer-1', { autoClaim: true })
    claiming.append('3')
    await claiming.flush()
    expect(await (await handle.stream({ live: false })).json()).toEqual([1, 3])
  })

  it.each([{ ttlSeconds: 60 }, { closed: true }])('learns at once that %j is not offered', async (options) => {
    const relay = await start()
    const creating = DurableStream.create({ url: urlOf(relay, 'room.1'), contentType, ...options })
    await expect(creating).rejects.toMatchObject({ status: 400 })
  })

  it('learns that no message of a subject is kept', async () => {
    const relay = await start()
    await expect(stream({ url: urlOf(relay, 'lamp.1'), live: false })).rejects.toMatchObject({ status: 404 })
  })
})
