import { decode, encode } from '@msgpack/msgpack'
import { parseSubject } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { scriptedBroker } from '../src/testing/scripted-broker.js'
import { type EventSource, eventSource } from './event-source.js'
import { connect, type Socket } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

// Sessions that outlive their connections, over real sockets: docs/protocol.md, Resume.

type Body = Readonly<Record<string, unknown>>
type Welcome = Body & { readonly session: string }
type Frame = { readonly [kind: string]: Body | undefined }

/** How a codec encodes frames. */
interface Codec {
  readonly subprotocol: string
  write(frame: unknown): string | Uint8Array
  read(data: string | Buffer): Frame[]
}

const codecs: Readonly<Record<'json' | 'msgpack', Codec>> = {
  json: { subprotocol: 'wildcast.v1+json', write: (frame: unknown) => JSON.stringify(frame), read: readLines },
  msgpack: { subprotocol: 'wildcast.v1+msgpack', write: (frame: unknown) => encode(frame), read: readValue },
}

function readLines(data: string | Buffer): Frame[] {
  return String(data)
    .split('\n')
    .map((line) => JSON.parse(line) as Frame)
}

function readValue(data: string | Buffer): Frame[] {
  return [decode(data as Buffer) as Frame]
}

interface Client {
  readonly socket: Socket
  readonly welcome: Welcome
  send(frame: unknown): void
  /** The next frame. */
  next(): Promise<Frame>
}

async function client(
  { address }: StartedRelay,
  connecting: Body = {},
  { subprotocol, write, read }: Codec = codecs.json,
): Promise<Client> {
  const socket = await connect(`ws://${address}/ws`, subprotocol)
  const say = (frame: unknown): void => socket.send(write(frame))
  const waiting: Frame[] = []
  const next = async (): Promise<Frame> => {
    if (waiting.length === 0) waiting.push(...read(await socket.next()))
    return waiting.shift() as Frame
  }
  say({ Connect: connecting })
  const { Welcome } = await next()
  return { socket, send: say, next, welcome: Welcome as Welcome }
}

const subscribe = { Subscribe: { ref: 1, subject: 'good.*' } }
const publish = (relay: StartedRelay, payload: string): Promise<Response> =>
  fetch(`http://${relay.address}/publish/good.a`, { method: 'POST', body: payload })
const payloadOf = ({ Message }: Frame): string => {
  const { message } = Message as { message: string | Uint8Array }
  return typeof message === 'string' ? message : Buffer.from(message).toString()
}

/** Receives this number of messages. */
async function take({ next }: Pick<Client, 'next'>, count: number): Promise<string[]> {
  const payloads: string[] = []
  while (payloads.length < count) payloads.push(payloadOf(await next()))
  return payloads
}

describe.each(Object.entries(codecs))('a WebSocket in %s', (_, codec) => {
  it.each([
    ['one frame in each message', {}],
    ['batches', { batch: 65_536 }],
  ])('is resumed after it was cut, with %s', async (_, options) => {
    if (codec.subprotocol.endsWith('msgpack') && 'batch' in options) return // `read` takes one value; JSON tests it
    const relay = await startRelay()
    const first = await client(relay, options, codec)
    first.send(subscribe)
    await first.next()
    for (const payload of ['1', '2']) await publish(relay, payload)
    expect(await take(first, 1)).toEqual(['1'])
    first.socket.ws.terminate()
    for (const payload of ['3', '4']) await publish(relay, payload)
    const again = await client(relay, { ...options, session: first.welcome.session, received: 2 }, codec)
    expect(again.welcome).toMatchObject({ resumed: true, received: 1 })
    await publish(relay, '5')
    expect(await take(again, 4)).toEqual(['2', '3', '4', '5'])
  })
})

it('of two that resume at once the second gets the session, and the first is closed with 4509 (R4)', async () => {
  const relay = await startRelay()
  const { socket, welcome } = await client(relay)
  socket.ws.terminate()
  const [one, two] = await Promise.all([1, 2].map(() => client(relay, { session: welcome.session, received: 0 })))
  expect(one?.welcome).toMatchObject({ resumed: true })
  expect(two?.welcome).toMatchObject({ resumed: true })
  const closed = await Promise.race([one?.socket.closed, two?.socket.closed])
  expect(closed?.code).toBe(4509)
})

it('messages that a queue member has not confirmed stay its own until its session ends', async () => {
  const relay = await startRelay({ limits: { resumeMs: 300 } })
  const join = { Subscribe: { ref: 1, subject: 'good.*', group: 'workers' } }
  const first = await client(relay)
  first.send(join)
  await first.next()
  await publish(relay, 'job')
  expect(await take(first, 1)).toEqual(['job'])
  const second = await client(relay)
  second.send(join)
  await second.next()
  first.socket.ws.terminate()
  expect(await take(second, 1)).toEqual(['job'])
})

it('a member that leaves a queue returns unhandled messages at once', async () => {
  const relay = await startRelay()
  const join = { Subscribe: { ref: 1, subject: 'good.*', group: 'workers' } }
  const first = await client(relay)
  first.send(join)
  const { Subscribed } = await first.next()
  for (const payload of ['1', '2', '3']) await publish(relay, payload)
  expect(await take(first, 3)).toEqual(['1', '2', '3'])
  const second = await client(relay)
  second.send(join)
  await second.next()
  first.send({ Unsubscribe: { id: Subscribed?.id, handled: 1 } })
  expect(await take(second, 2)).toEqual(['2', '3'])
})

it('messages that it has confirmed are delivered to no other member', async () => {
  const relay = await startRelay()
  const join = { Subscribe: { ref: 1, subject: 'good.*', group: 'workers' } }
  const [first, second] = [await client(relay), await client(relay)]
  for (const one of [first, second]) {
    one.send(join)
    await one.next()
  }
  for (const payload of ['1', '2']) await publish(relay, payload)
  await take(first, 1)
  await take(second, 1)
  first.send({ Received: 2 })
  first.send({ Publish: { ref: 9, subject: 'x', message: '' } })
  await first.next()
  first.socket.ws.close(1000)
  await first.socket.closed
  await publish(relay, '3')
  expect(await take(second, 1)).toEqual(['3'])
})

it('a client that confirms nothing gets as many frames as the relay can keep', async () => {
  const relay = await startRelay({ limits: { resume: 64 * 1024 } })
  const one = await client(relay)
  one.send(subscribe)
  await one.next()
  for (let i = 0; i < 20; i++) await publish(relay, 'x'.repeat(8000))
  const { length } = await take(one, 7)
  expect(length).toBe(7)
  one.send({ Publish: { ref: 9, subject: 'x', message: '' } })
  one.send({ Received: 8 })
  expect(await take(one, 8)).toHaveLength(8)
})

describe('an event stream', () => {
  const stream = async ({ address }: StartedRelay, connecting: Body = {}) => {
    const body = JSON.stringify({ Connect: connecting })
    const source: EventSource = await eventSource(`http://${address}/stream`, {}, { method: 'POST', body })
    const next = async (): Promise<Frame> => (await source.next()).data as Frame
    const { Welcome } = await next()
    const welcome = Welcome as Welcome
    const authorization = `Session ${welcome.session}`
    const say = async (from: number, ...frames: readonly unknown[]): Promise<unknown> => {
      const headers = { authorization, 'wildcast-from': String(from) }
      const lines = frames.map((frame) => JSON.stringify(frame)).join('\n')
      return (await fetch(`http://${address}/stream/frames`, { method: 'POST', body: lines, headers })).json()
    }
    return { source, next, say, welcome, authorization }
  }

  it('is resumed by another POST, with continued frame numbers', async () => {
    const relay = await startRelay()
    const first = await stream(relay)
    await first.say(1, subscribe)
    await first.next()
    await publish(relay, '1')
    expect(await take(first, 1)).toEqual(['1'])
    first.source.leave()
    await publish(relay, '2')
    const again = await stream(relay, { session: first.welcome.session, received: 2 })
    expect(again.welcome).toMatchObject({ resumed: true, received: 1 })
    const sent = { Publish: { subject: 'good.a', message: '3' } }
    expect(await again.say(1, subscribe, sent)).toEqual({ received: 2 })
    expect(await take(again, 2)).toEqual(['2', '3'])
  })

  it('ends its session by DELETE, with or without a connection', async () => {
    const broker = scriptedBroker()
    const relay = await startRelay({ brokers: { main: broker.open } })
    const remove = ({ authorization }: { authorization: string }): Promise<Response> =>
      fetch(`http://${relay.address}/stream`, { method: 'DELETE', headers: { authorization } })
    const there = await stream(relay)
    await there.say(1, subscribe)
    expect((await remove(there)).status).toBe(204)
    await there.source.ended
    const away = await stream(relay)
    await away.say(1, subscribe)
    away.source.leave()
    expect((await remove(away)).status).toBe(204)
    await expect.poll(() => broker.log.filter((what) => what.startsWith('-'))).toEqual(['-good.*'])
    const again = await stream(relay, { session: away.welcome.session, received: 0 })
    expect(again.welcome).toMatchObject({ resumed: false })
  })

  it('does not resume the session of a WebSocket, which has other bytes', async () => {
    const relay = await startRelay()
    const { socket, welcome } = await client(relay)
    socket.ws.terminate()
    expect((await stream(relay, { session: welcome.session, received: 0 })).welcome).toMatchObject({
      resumed: false,
    })
  })
})

it('a relay that closes returns the unconfirmed messages of disconnected clients', async () => {
  const broker = scriptedBroker()
  const relay = await startRelay({ brokers: { main: broker.open } })
  const { socket, send: say, next } = await client(relay)
  say({ Subscribe: { ref: 1, subject: 'good.*', group: 'workers' } })
  await next()
  const outcomes: boolean[] = []
  broker.deliver('good.*', { subject: parseSubject('good.a'), payload: 'job' }, (taken) => outcomes.push(taken))
  await next()
  socket.ws.terminate()
  await relay.close()
  expect({ outcomes, log: broker.log }).toEqual({ outcomes: [false], log: ['+good.*', '-good.*', 'closed'] })
})
