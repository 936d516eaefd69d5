import { once } from 'node:events'
import type { Codec, PublishFrame } from '@wildcast/protocol'
import { WebSocket } from 'ws'
import { memory } from '../brokers/memory.js'
import { realClock } from '../core/clock.js'
import { v1Codecs } from '../gateways/dialects/v1/encoders.js'
import { websocket } from '../gateways/endpoints/websocket.js'
import { newId } from './new-id.js'
import { serveRelay } from './serve-relay.js'

/** With fewer subscribers, or fewer rounds per codec, V8 does not compile all that is worth it. */
const subscriberCount = 4
const rounds = 100
/** Messages that are published at once in each round. */
const burst = 32

/**
 * Sends messages through a relay of its own on a private port, while the other relay starts, so
 * that V8 compiles the path of a message from socket to socket early. Otherwise the first few
 * thousand messages take several times as long, and after a restart all clients come at once. See
 * docs/decisions/0013.
 * @param isOver - ends it early: the messages of clients have the same effect, and need the time
 */
export async function warmUp(isOver: () => boolean): Promise<void> {
  const { port, close } = await serveRelay({
    brokers: { main: memory({ clock: realClock, newId }) },
    gateways: [websocket()],
    host: '127.0.0.1',
    port: 0,
    onError: () => {}, // of strangers that find the port
  })
  try {
    for (const { codec } of v1Codecs.values()) await warmUpCodec(`ws://127.0.0.1:${port}/ws`, codec, isOver)
  } finally {
    await close()
  }
}

async function warmUpCodec(url: string, codec: Codec, isOver: () => boolean): Promise<void> {
  const ended = new AbortController()
  const clients: WebSocket[] = []
  async function openClient(): Promise<WebSocket> {
    const client = new WebSocket(url, codec.subprotocol, { perMessageDeflate: false })
    clients.push(client)
    client.on('error', () => {}) // `once` rejects, or the close that follows aborts
    client.on('close', () => ended.abort())
    await once(client, 'open')
    return client
  }
  const nextMessage = (client: WebSocket): Promise<unknown> => once(client, 'message', { signal: ended.signal })
  async function sendAndWait(client: WebSocket, frame: string | Uint8Array): Promise<void> {
    const answered = nextMessage(client)
    client.send(frame)
    await answered
  }

  try {
    const publisher = await openClient()
    const subscribers = await Promise.all(Array.from({ length: subscriberCount }, openClient))
    const subscribe = codec.encode({ kind: 'Subscribe', ref: 1, subject: 'warm_up.*' })
    for (const subscriber of subscribers) await sendAndWait(subscriber, subscribe)

    const publish: PublishFrame = { kind: 'Publish', subject: 'warm_up.run', message: 'x'.repeat(100) }
    const unconfirmed = codec.encode(publish)
    const confirmed = codec.encode({ ...publish, ref: 1 })
    for (let round = 0; round < rounds && !isOver(); round++) {
      for (let i = 1; i < burst; i++) publisher.send(unconfirmed)
      // Awaited together, so that no rejection is unhandled if one of them fails.
      await Promise.all([sendAndWait(publisher, confirmed), ...subscribers.map(nextMessage)])
      await sendAndWait(publisher, confirmed) // alone
    }
  } finally {
    for (const client of clients) client.terminate()
  }
}
