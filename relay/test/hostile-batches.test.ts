import { encode } from '@msgpack/msgpack'
import { expect, it } from 'vitest'
import { type Attack, tooLong } from './busiest-turn.js'
import { type MeteredRelay, meteredRelay } from './metered-relay.js'
import { connect, type Socket } from './socket.js'

// No batch may keep the relay's event loop busy for longer than 50 ms of processor time.

const gateway = ['gateway', '-p', '0']
const agreed = 65_536

/** The messages of the attacks in one codec. */
interface Spoken {
  readonly subprotocol: string
  readonly connect: string | Uint8Array
  /** A publish that is acknowledged, in a separate message. */
  readonly publish: string | Uint8Array
  /** Whether a message has its `Ack`. */
  isAcknowledged(message: string | Buffer): boolean
}

const hello = { Connect: { batch: agreed } }
const publish = { Publish: { ref: 7, subject: 'a', message: 'x' } }

const json: Spoken = {
  subprotocol: 'wildcast.v1+json',
  connect: JSON.stringify(hello),
  publish: JSON.stringify(publish),
  isAcknowledged: (message) => String(message).includes('"Ack"'),
}

const messagePack: Spoken = {
  subprotocol: 'wildcast.v1+msgpack',
  connect: encode(hello),
  publish: encode(publish),
  isAcknowledged: (message) => (message as Buffer).includes('Ack'),
}

async function batching(relay: MeteredRelay, { subprotocol, connect: greeting }: Spoken): Promise<Socket> {
  const socket = await connect(`ws://${relay.address}/ws`, subprotocol)
  socket.send(greeting)
  await socket.next()
  return socket
}

/** Waits until the relay has handled all earlier frames, or closes the connection. */
async function acknowledged(socket: Socket, spoken: Spoken): Promise<void> {
  socket.send(spoken.publish)
  const received = async (): Promise<void> => {
    while (!spoken.isAcknowledged(await socket.next()));
  }
  await Promise.race([received(), socket.closed])
}

/** Sends each message on a separate connection, and waits until the relay has handled it. */
function sent(
  relay: MeteredRelay,
  spoken: Spoken,
  messages: Readonly<Record<string, string | Uint8Array>>,
): Record<string, Attack> {
  const attack = (message: string | Uint8Array) => async () => {
    const socket = await batching(relay, spoken)
    socket.send(message)
    await acknowledged(socket, spoken)
    socket.ws.terminate()
  }
  return Object.fromEntries(Object.entries(messages).map(([name, message]) => [name, attack(message)]))
}

/** The same with clients that leave at once. */
function left(
  relay: MeteredRelay,
  spoken: Spoken,
  messages: Readonly<Record<string, string | Uint8Array>>,
): Record<string, Attack> {
  const attack = (message: string | Uint8Array) => async () => {
    const socket = await batching(relay, spoken)
    socket.send(message)
    socket.ws.close()
    await socket.closed
    const other = await batching(relay, spoken)
    await acknowledged(other, spoken)
    other.ws.terminate()
  }
  return Object.fromEntries(Object.entries(messages).map(([name, message]) => [`${name}, left`, attack(message)]))
}

it('batches in JSON', async () => {
  const relay = await meteredRelay(gateway)
  const messages = {
    'two million lines': '1\n'.repeat(2_000_000),
    'four million empty lines': '\n'.repeat(4_000_000),
    '32,000 lines': '1\n'.repeat(32_000),
    '2,500 subscriptions': Array.from({ length: 2500 }, (_, i) => `{"Subscribe":"**.${i}"}`).join('\n'),
  }
  const found = await tooLong(relay, {
    ...sent(relay, json, messages),
    ...left(relay, json, messages),
  })
  expect(found).toEqual({})
})

it('batches in MessagePack', async () => {
  const relay = await meteredRelay(gateway)
  const messages = {
    'four million numbers': Buffer.alloc(4_000_000),
    '65,536 numbers': Buffer.alloc(agreed),
    'lists without an end': Buffer.alloc(agreed, 0xdd),
  }
  const found = await tooLong(relay, {
    ...sent(relay, messagePack, messages),
    ...left(relay, messagePack, messages),
  })
  expect(found).toEqual({})
})
