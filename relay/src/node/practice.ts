import { once } from 'node:events'
import type { Codec, PublishFrame } from '@wildcast/protocol'
import { WebSocket } from 'ws'
import { memory } from '../brokers/memory.js'
import { realClock } from '../core/clock.js'
import { v1Codecs } from '../gateways/websocket/encoders.js'
import { websocket } from '../gateways/websocket.js'
import { newId } from './new-id.js'
import { serve } from './serve.js'

/** With fewer listeners, or fewer rounds for each codec, V8 has not compiled all that is worth it. */
const listeners = 4
const rounds = 100
/** Messages that are published at once in each round. */
const burst = 32

/**
 * Carries messages that nobody sent, by a relay of its own whose port nobody is told, beside whatever else begins, so that V8 compiles the road of a message from
 * socket to socket early: the first few thousand take several times as long otherwise, and after a restart everybody comes at once. See docs/decisions/0013.
 */
export async function practice(stop: AbortSignal): Promise<void> {
  const { port, close } = await serve({
    brokers: { main: memory({ clock: realClock, newId }) },
    gateways: [websocket()],
    host: 'localhost',
    port: 0,
    onError: () => {}, // of strangers who find the port
  })
  try {
    for (const { codec } of v1Codecs.values()) await rehearse(`ws://localhost:${port}/ws`, codec, stop)
  } finally {
    await close()
  }
}

async function rehearse(url: string, codec: Codec, stop: AbortSignal): Promise<void> {
  const ended = new AbortController()
  const signal = AbortSignal.any([stop, ended.signal])
  async function enter(): Promise<WebSocket> {
    const client = new WebSocket(url, codec.subprotocol, { perMessageDeflate: false })
    for (const end of ['error', 'close']) client.on(end, () => ended.abort())
    await once(client, 'open', { signal })
    return client
  }
  async function ask(client: WebSocket, frame: string | Uint8Array): Promise<void> {
    const answered = once(client, 'message', { signal })
    client.send(frame)
    await answered
  }

  const publisher = await enter()
  const readers = await Promise.all(Array.from({ length: listeners }, enter))
  const subscribe = codec.encode({ kind: 'Subscribe', ref: 1, subject: 'practice.*' })
  for (const reader of readers) await ask(reader, subscribe)

  const publish: PublishFrame = { kind: 'Publish', subject: 'practice.run', message: 'x'.repeat(100) }
  const unasked = codec.encode(publish)
  const asked = codec.encode({ ...publish, ref: 1 })
  for (let round = 0; round < rounds; round++) {
    for (let i = 1; i < burst; i++) publisher.send(unasked)
    await ask(publisher, asked)
    await ask(publisher, asked) // alone
  }
  for (const client of [publisher, ...readers]) client.terminate()
}
