// Scripted: a real WebSocket, with a relay that answers frame by frame.
import type { AddressInfo } from 'node:net'
import { encode } from '@msgpack/msgpack'
import { type ClientFrame, type Codec, jsonCodec, readClientFrame, type WildcastError } from '@wildcast/protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { createClient } from '../client.js'
import { msgpack } from '../msgpack.js'
import { endsOf } from '../testing/ends-of.js'
import { welcome } from '../testing/scripted-relay.js'
import { type Peer, transportContract } from './transport.contract.js'
import { websocketTransport } from './websocket.js'

/** A minimal relay: it welcomes, confirms, and records publishes. */
async function openRelay(codec: Codec = jsonCodec): Promise<Peer & { readonly server: WebSocketServer }> {
  const server = new WebSocketServer({ port: 0, path: '/ws', handleProtocols: (offered) => [...offered][0] ?? false })
  await new Promise((resolve) => server.once('listening', resolve))
  const published: string[] = []
  const gone = new Promise<void>((resolve) =>
    server.on('connection', (socket) => {
      const answer = (frame: ClientFrame): void => {
        if (frame.kind === 'Connect') socket.send(codec.encode(welcome))
        if (frame.kind === 'Subscribe')
          socket.send(codec.encode({ kind: 'Subscribed', ref: frame.ref, id: 7, subject: frame.subject }))
        if (frame.kind === 'Publish') {
          const { ref, subject, message } = frame
          published.push(subject)
          if (ref && subject !== 'unanswered') socket.send(codec.encode({ kind: 'Ack', ref }))
          socket.send(codec.encode({ kind: 'Message', id: 7, subject, message, broker: 'test' }))
        }
      }
      socket.on('message', (data: Buffer, binary) =>
        answer(readClientFrame(codec.decode(binary ? data : data.toString()))),
      )
      socket.on('close', () => resolve())
    }),
  )
  return {
    server,
    settings: { url: `http://localhost:${(server.address() as AddressInfo).port}`, WebSocket },
    published: async () => {
      await gone
      return published
    },
    async sendInvalid() {
      for (const socket of server.clients) {
        socket.send('{"Message":')
        socket.send('{"KindOfTomorrow":{}}')
        socket.send(codec.encode({ kind: 'Message', id: 7, subject: 'good.apple', message: 'hi', broker: 'test' }))
      }
    },
    ...endsOf(server),
  }
}

transportContract('websocket', websocketTransport, openRelay)

test.each([
  ['JSON', jsonCodec, 'wildcast.v1+json'],
  ['MessagePack', msgpack, 'wildcast.v1+msgpack'],
])('a client works over a real socket in %s', async (_, codec, subprotocol) => {
  const relay = await openRelay(codec)
  const client = createClient({ ...relay.settings, codec })
  const subscription = client.subscribe('good.*')
  await subscription.ready
  expect([...relay.server.clients].map(({ protocol }) => protocol)).toEqual([subprotocol])
  expect(await client.publish('good.apple', new Uint8Array([0xff, 1]))).toBe('confirmed')
  for await (const message of subscription) {
    expect(message.bytes).toEqual(new Uint8Array([0xff, 1]))
    expect(message.params).toEqual(['apple'])
    break
  }
  client.close()
  await relay.close()
})

test('without a WebSocket the transport throws unsupported', () => {
  const nothing = (): void => undefined
  expect(() =>
    websocketTransport(
      { open: nothing, frame: nothing, fault: nothing, close: nothing },
      {
        url: '/ws',
        codec: jsonCodec,
        clock: { now: () => 0, random: () => 0, after: () => nothing },
        WebSocket: undefined,
      },
    ),
  ).toThrow(expect.objectContaining({ code: 'unsupported' }))
})

describe.each<[string, Codec, (text: string) => string | Uint8Array]>([
  ['JSON', jsonCodec, (text) => text],
  ['MessagePack', msgpack, (text) => encode(JSON.parse(text)).slice(0, -1)],
])('an answer that cannot be read, in %s,', (_, codec, broken) => {
  async function answering(answer: string | Uint8Array) {
    const relay = await openRelay(codec)
    const errors: WildcastError[] = []
    const client = createClient({ ...relay.settings, codec, onError: (error) => errors.push(error) })
    onTestFinished(async () => {
      client.close()
      await relay.close()
    })
    relay.server.on('connection', (socket) =>
      socket.on('message', (data: Buffer) => data.includes('unanswered') && socket.send(answer)),
    )
    return { client, errors }
  }
  test('rejects its request', async () => {
    const { client, errors } = await answering(broken('{"Response":{"ref":1,"message":{},"bytes":"***"}}'))
    await expect(client.request('unanswered')).rejects.toMatchObject({ code: 'interrupted', retry: true })
    expect(errors).toMatchObject([{ code: 'invalid_frame' }])
  })
  test('makes its publish unknown', async () => {
    const { client } = await answering(broken('{"Ack":{"ref":1,"bytes":"***"}}'))
    expect(await client.publish('unanswered')).toBe('unknown')
  })
})

describe('a relay that accepts batches', () => {
  /** Opens a relay that records the received batches, and a client. */
  async function openBatching(codec: Codec, resume_bytes = 0) {
    const server = new WebSocketServer({ port: 0, path: '/ws', handleProtocols: (offered) => [...offered][0] ?? false })
    await new Promise((resolve) => server.once('listening', resolve))
    onTestFinished(() => void server.close())
    const messages: (readonly ClientFrame[])[] = []
    const framesOf = (data: Buffer, binary: boolean): readonly ClientFrame[] =>
      [...(codec.batches?.split(binary ? data : data.toString()) ?? [])].map((frame) =>
        readClientFrame(codec.decode(frame)),
      )
    const urls: (string | undefined)[] = []
    server.on('connection', (_, { url }) => urls.push(url))
    server.on('connection', (socket) =>
      socket.on('message', (data: Buffer, binary) => {
        const frames = framesOf(data, binary)
        messages.push(frames)
        const answers = frames.flatMap((frame) => {
          if (frame.kind === 'Connect')
            return [
              codec.encode({ ...welcome, limits: { ...welcome.limits, payload: 10_000, batch: 1000, resume_bytes } }),
            ]
          return 'ref' in frame && frame.ref ? [codec.encode({ kind: 'Ack', ref: frame.ref })] : []
        })
        if (answers.length > 0) socket.send(codec.batches?.join(answers) ?? '')
      }),
    )
    const url = `http://localhost:${(server.address() as AddressInfo).port}?to=a`
    const errors: string[] = []
    const client = createClient({ url, WebSocket, codec, onError: ({ code }) => errors.push(code) })
    onTestFinished(() => client.close())
    await expect.poll(() => client.status.state).toBe('online')
    return { client, messages, errors, urls, server }
  }

  test.each([
    ['JSON', jsonCodec],
    ['MessagePack', msgpack],
  ])('receives the frames of one turn in one message of %s', async (_, codec) => {
    const { client, messages } = await openBatching(codec)
    expect(messages).toMatchObject([[{ kind: 'Connect', batch: 65_536 }]])
    const outcomes = ['a', 'b', 'c'].map((subject) => client.publish(subject, 'x'))
    expect(await Promise.all(outcomes)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect(messages.slice(1)).toMatchObject([[{ subject: 'a' }, { subject: 'b' }, { subject: 'c' }]])
  })

  test('receives no batch beyond the agreed size, and a longer frame alone', async () => {
    const { client, messages } = await openBatching(jsonCodec)
    const sizes = [100, 100, 100, 5000, 100]
    await Promise.all(sizes.map((size) => client.publish('a', 'x'.repeat(size))))
    const batches = messages
      .slice(1)
      .map((frames) => frames.map((frame) => (frame as { message: string }).message.length))
    expect(batches.flat()).toEqual(sizes)
    for (const batch of batches) if (batch.includes(5000)) expect(batch).toEqual([5000])
  })

  test('receives the frames sent before the client was closed', async () => {
    const { client, messages } = await openBatching(jsonCodec)
    void client.publish('last', 'x').catch(() => {})
    client.close()
    await expect.poll(() => messages.length).toBe(2)
    expect(messages[1]).toMatchObject([{ subject: 'last' }])
  })

  test('is disconnected after an unreadable batch of MessagePack, whose frames can not be counted', async () => {
    const { messages, errors, server } = await openBatching(msgpack, 4000)
    for (const socket of server.clients) socket.send(Uint8Array.of(0x80, 0xc1))
    await expect.poll(() => messages.length).toBe(2)
    expect(errors).toEqual(['invalid_frame'])
    expect(messages[1]).toMatchObject([{ kind: 'Connect', session: undefined }])
  })

  test('is reached by its id in the URL when its session is claimed', async () => {
    const { urls, server } = await openBatching(jsonCodec, 4000)
    for (const socket of server.clients) socket.terminate()
    await expect.poll(() => urls).toEqual(['/ws?to=a', '/ws?to=a&relay=r'])
  })
})

test('nothing is sent on a socket that is closing, and a publish goes over the next one', async () => {
  const relay = await openRelay()
  const sockets: Watched[] = []
  const states: number[] = []
  class Watched extends WebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols)
      sockets.push(this)
    }
    override send(data: string): void {
      states.push(this.readyState)
      super.send(data)
    }
  }
  const client = createClient({ ...relay.settings, WebSocket: Watched })
  onTestFinished(async () => {
    client.close()
    await relay.close()
  })
  expect(await client.publish('good.apple', 'before')).toBe('confirmed')
  sockets[0]?.close()
  expect(await client.publish('good.apple', 'while it closes')).toBe('unknown')
  expect(await client.publish('good.apple', 'after')).toBe('confirmed')
  expect(sockets).toHaveLength(2)
  expect(new Set(states)).toEqual(new Set([WebSocket.OPEN]))
})
