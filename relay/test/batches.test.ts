import { msgpackCodec } from '@wildcast/protocol/msgpack'
import { describe, expect, it } from 'vitest'
import { connect, type Socket } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'

// Several frames in one WebSocket message, in both directions, if the client has requested that.

interface Batching extends Socket {
  /** Sends frames in one message. */
  sendFrames(...frames: readonly unknown[]): void
  /** The frames of the next message. */
  receive(): Promise<unknown[]>
}

async function batching(relay: StartedRelay, batch: number | undefined = 65_536): Promise<Batching> {
  const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
  const say = (...frames: readonly unknown[]): void =>
    socket.send(frames.map((frame) => (typeof frame === 'string' ? frame : JSON.stringify(frame))).join('\n'))
  const hear = async (): Promise<unknown[]> =>
    String(await socket.next())
      .split('\n')
      .map((line) => JSON.parse(line))
  say({ Connect: { batch } })
  return { ...socket, sendFrames: say, receive: hear }
}

const publish = (ref: number, message = 'x'): unknown => ({ Publish: { ref, subject: 'a', message } })
const ack = (ref: number): unknown => ({ Ack: { ref } })

describe('a client that requests batches', () => {
  it.each([
    [65_536, 65_536],
    [1_000_000, 65_536],
    [5000, 5000],
  ])('of %i bytes gets %i, in a separate message', async (batch, agreed) => {
    const socket = await batching(await startRelay(), batch)
    socket.sendFrames(publish(1))
    expect(await socket.receive()).toMatchObject([{ Welcome: { limits: { batch: agreed } } }])
    expect(await socket.receive()).toEqual([ack(1)])
  })

  it('gets the answers to one message in one message, in order', async () => {
    const socket = await batching(await startRelay())
    await socket.receive()
    socket.sendFrames(publish(1), publish(2), { Subscribe: { ref: 3, subject: 'a' } })
    expect(await socket.receive()).toMatchObject([ack(1), ack(2), { Subscribed: { ref: 3 } }])
  })

  it('gets the frames of one turn in one message', async () => {
    const relay = await startRelay()
    const reader = await batching(relay)
    const writer = await batching(relay)
    await writer.receive()
    await reader.receive()
    reader.sendFrames({ Subscribe: { ref: 1, subject: 'a' } })
    await reader.receive()
    writer.sendFrames(...Array.from({ length: 100 }, (_, i) => publish(i, `${i}`)))
    const received: unknown[] = []
    let messages = 0
    for (; received.length < 100; messages++) received.push(...(await reader.receive()))
    expect(received).toMatchObject(Array.from({ length: 100 }, (_, i) => ({ Message: { message: `${i}` } })))
    expect(messages).toBeLessThan(50)
  })

  it('gets no batch that is longer than agreed', async () => {
    const relay = await startRelay()
    const reader = await batching(relay, 2048)
    const writer = await batching(relay)
    await writer.receive()
    await reader.receive()
    reader.sendFrames({ Subscribe: { ref: 1, subject: 'a' } })
    await reader.receive()
    writer.sendFrames(...Array.from({ length: 100 }, (_, i) => publish(i, 'x'.repeat(100))))
    writer.sendFrames(publish(100, 'x'.repeat(5000)))
    for (let received = 0; received < 101; ) {
      const text = String(await reader.next())
      const frames = text.split('\n').length
      received += frames
      if (frames > 1) expect(text.length).toBeLessThanOrEqual(2048)
    }
  })

  it('gets an error for a broken line of its batch, and the other lines count', async () => {
    const socket = await batching(await startRelay())
    await socket.receive()
    socket.sendFrames(publish(1), '{"Publish":{"ref":2,', publish(3), '{"Nonsense":{"ref":4}}', publish(5))
    expect(await socket.receive()).toMatchObject([
      ack(1),
      { Error: { ref: 2, code: 'invalid_frame' } },
      ack(3),
      { Error: { ref: 4, code: 'invalid_frame' } },
      ack(5),
    ])
  })

  it('gets an error for each line of a frame with a line feed', async () => {
    const socket = await batching(await startRelay())
    await socket.receive()
    socket.sendFrames('{"Publish":', '{"subject":"a","message":"x"}}', publish(1))
    expect(await socket.receive()).toMatchObject([
      { Error: { code: 'invalid_frame' } },
      { Error: { code: 'invalid_frame' } },
      ack(1),
    ])
  })

  it('gets one error for a batch that is longer than agreed, which has no effect, and stays connected', async () => {
    const socket = await batching(await startRelay(), 1000)
    await socket.receive()
    socket.sendFrames(publish(1, 'x'.repeat(600)), publish(2, 'x'.repeat(600)))
    expect(await socket.receive()).toMatchObject([{ Error: { code: 'too_large' } }])
    socket.sendFrames(publish(3, 'x'.repeat(5000)))
    expect(await socket.receive()).toEqual([ack(3)])
  })

  it('may send empty lines', async () => {
    const socket = await batching(await startRelay())
    await socket.receive()
    socket.sendFrames('', publish(1), '', '', publish(2), '')
    expect(await socket.receive()).toEqual([ack(1), ack(2)])
  })
})

describe('a client that has not requested batches', () => {
  it('gets an error for a batch, and stays connected', async () => {
    const socket = await connect(`ws://${(await startRelay()).address}/ws`, 'wildcast.v1+json')
    socket.send(`${JSON.stringify(publish(1))}\n${JSON.stringify(publish(2))}`)
    expect(await socket.json()).toMatchObject({ Error: { code: 'invalid_frame' } })
    socket.send(JSON.stringify(publish(3)))
    expect(await socket.json()).toEqual(ack(3))
  })

  it('gets each frame in a separate message', async () => {
    const socket = await connect(`ws://${(await startRelay()).address}/ws`, 'wildcast.v1+json')
    socket.send(JSON.stringify({ Connect: {} }))
    expect(await socket.json()).toMatchObject({ Welcome: { limits: expect.not.objectContaining({ batch: 0 }) } })
    for (const ref of [1, 2, 3]) socket.send(JSON.stringify(publish(ref)))
    for (const ref of [1, 2, 3]) expect(await socket.json()).toEqual(ack(ref))
  })
})

describe('a client that requests batches in MessagePack', () => {
  const bytes = (frame: Parameters<typeof msgpackCodec.encode>[0]): Buffer =>
    Buffer.from(msgpackCodec.encode(frame) as Uint8Array)
  const publishBytes = (ref: number): Buffer => bytes({ kind: 'Publish', ref, subject: 'a', message: 'x' })

  async function batchingBytes(): Promise<Socket> {
    const socket = await connect(`ws://${(await startRelay()).address}/ws`, 'wildcast.v1+msgpack')
    socket.send(bytes({ kind: 'Connect', batch: 65_536 }))
    await socket.next()
    return socket
  }

  it('gets the answers to one message in one message', async () => {
    const socket = await batchingBytes()
    socket.send(Buffer.concat([publishBytes(1), publishBytes(2)]))
    const frames = [...(msgpackCodec.batches?.split((await socket.next()) as Buffer) ?? [])]
    expect(frames.map((frame) => msgpackCodec.decode(frame).body)).toEqual([{ ref: 1 }, { ref: 2 }])
  })

  it('is closed with 4400 if a frame ends too early, since the next one can not be found', async () => {
    const socket = await batchingBytes()
    socket.send(Buffer.concat([publishBytes(1), publishBytes(2).subarray(0, 5)]))
    expect(await socket.closed).toMatchObject({ code: 4400 })
  })
})
