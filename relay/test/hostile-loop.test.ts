import { once } from 'node:events'
import { type Socket as Tcp, connect as tcp } from 'node:net'
import { headers as natsHeaders } from 'nats'
import { expect, it, onTestFinished } from 'vitest'
import { five } from './brokers/mqtt-link.js'
import { stranger } from './brokers/nats-link.js'
import { type Attack, tooLong } from './busiest-turn.js'
import { eventSource } from './event-source.js'
import { jsonFrames, messagePackFrames } from './hostile-frames.js'
import { type MeteredRelay, meteredRelay } from './metered-relay.js'
import { handshake } from './raw-http.js'
import { startMosquitto } from './servers/mosquitto.js'
import { mosquittoPub } from './servers/mosquitto-clients.js'
import { startNats } from './servers/nats.js'
import { connect, type Socket } from './socket.js'

// No input may keep the relay's event loop busy for longer than 50 ms of processor time.

const gateway = ['gateway', '-w', 'json', '-r', 'json', '-p', '0']
const json = 'wildcast.v1+json'
const messagePack = 'wildcast.v1+msgpack'
const megabyte = Buffer.alloc(1024 * 1024, 0xff)

const open = ({ address }: MeteredRelay, subprotocol?: string, path = '/ws'): Promise<Socket> =>
  connect(`ws://${address}${path}`, subprotocol)

/** Two frames of a classic client, which gets only its own message in return. */
const classicEcho = ['{"Subscribe":"echo"}', '{"Publish":{"subject":"echo","message":[]}}']

/**
 * Sends each frame on a separate connection, and waits for an answer, or until the relay closes the
 * connection.
 */
function attacksBy(
  frames: Readonly<Record<string, string | Uint8Array>>,
  relay: MeteredRelay,
  subprotocol?: string,
): Record<string, Attack> {
  const attack = (frame: string | Uint8Array) => async () => {
    const socket = await open(relay, subprotocol)
    for (const next of subprotocol ? [frame] : [frame, ...classicEcho]) socket.send(next)
    await Promise.race([socket.next(), socket.closed])
    socket.ws.terminate()
  }
  return Object.fromEntries(Object.entries(frames).map(([name, frame]) => [name, attack(frame)]))
}

/** Sends many frames, and waits for as many answers. */
async function exchange(socket: Socket, count: number, frame: (ref: number) => string | Uint8Array): Promise<void> {
  for (let ref = 0; ref < count; ref++) socket.send(frame(ref))
  for (let ref = 0; ref < count; ref++) await socket.next()
}

async function subscribed(relay: MeteredRelay, ...patterns: string[]): Promise<Socket> {
  const socket = await open(relay, json)
  await exchange(socket, patterns.length, (ref) => JSON.stringify({ Subscribe: { ref, subject: patterns[ref] } }))
  return socket
}

async function dial({ port }: MeteredRelay): Promise<Tcp> {
  const socket = tcp({ host: '127.0.0.1', port })
  onTestFinished(() => void socket.destroy())
  await once(
    socket.on('error', () => {}),
    'connect',
  )
  return socket
}

const post = (
  { address }: MeteredRelay,
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers = {},
): Promise<Response> => fetch(`http://${address}${path}`, { method: 'POST', body, headers })

it('frames of v1 in JSON', async () => {
  const relay = await meteredRelay(gateway)
  const refused: Attack = async () => {
    const socket = await open(relay, json)
    await exchange(socket, 20_000, () => '[]')
  }
  expect(await tooLong(relay, { ...attacksBy(jsonFrames, relay, json), '20,000 refusals': refused })).toEqual({})
})

it('frames of v1 in MessagePack', async () => {
  const relay = await meteredRelay(gateway)
  const refused: Attack = async () => {
    const socket = await open(relay, messagePack)
    await exchange(socket, 20_000, () => Uint8Array.of(0xc1))
  }
  expect(
    await tooLong(relay, { ...attacksBy(messagePackFrames, relay, messagePack), '20,000 refusals': refused }),
  ).toEqual({})
})

it('frames of classic, in JSON and in MessagePack', async () => {
  const relay = await meteredRelay(gateway)
  const frames = { ...attacksBy(jsonFrames, relay), ...attacksBy(messagePackFrames, relay) }
  expect(await tooLong(relay, frames)).toEqual({})
})

it('compressed frames', async () => {
  const relay = await meteredRelay([...gateway, '--compression'])
  const reader = await subscribed(relay, 'big')
  const published: Attack = async () => {
    await post(relay, '/publish/big', megabyte)
    await reader.next()
  }
  expect(await tooLong(relay, { ...attacksBy(jsonFrames, relay, json), 'a megabyte that is read': published })).toEqual(
    {},
  )
})

it('/stream and /stream/frames', async () => {
  const relay = await meteredRelay(gateway)
  const posted =
    (frames: string): Attack =>
    async () => {
      const stream = await eventSource(`http://${relay.address}/stream`, {}, { method: 'POST', body: '{"Connect":{}}' })
      const { Welcome } = (await stream.next()).data as { Welcome: { session: string } }
      const headers = { authorization: `Session ${Welcome.session}`, 'wildcast-from': '1' }
      await post(relay, '/stream/frames', frames, headers)
      stream.leave()
    }
  const attacks = {
    '200,000 publishes': posted('{"Publish":{"subject":"a"}}\n'.repeat(200_000).slice(0, 4_000_000)),
    'a million empty lines': posted('\n'.repeat(1_000_000)),
    '60,000 frames of an unknown kind': posted('{"Nonsense":{"ref":1}}\n'.repeat(60_000)),
    'a Connect of 64 kB': () => post(relay, '/stream', `{"Connect":{"x":[${'[],'.repeat(20_000)}0]}}`),
    ...Object.fromEntries(Object.entries(jsonFrames).map(([name, frame]) => [name, posted(frame)])),
  }
  expect(await tooLong(relay, attacks)).toEqual({})
})

it('/publish, with a subscriber at every endpoint', async () => {
  const relay = await meteredRelay(gateway)
  const readers = [await subscribed(relay, 'big'), await open(relay), await open(relay, undefined, '/subscribe/big')]
  readers[1]?.send('{"Subscribe":"big"}')
  const packed = await open(relay, messagePack)
  packed.send(Buffer.from([0x81, 0xa9, ...Buffer.from('Subscribe'), 0xa3, ...Buffer.from('big')]))
  await packed.next()
  const events = await Promise.all(
    Array.from({ length: 50 }, () => eventSource(`http://${relay.address}/subscribe/big`)),
  )
  const published: Attack = async () => {
    await post(relay, '/publish/big', megabyte)
    await Promise.all([...readers, packed, ...events].map((reader) => reader.next()))
  }
  const pipelined =
    (request: string): Attack =>
    async () => {
      const socket = await dial(relay)
      socket.write(`${`${request}\r\n\r\n`.repeat(999)}${request}\r\nConnection: close\r\n\r\n`)
      await once(socket.resume(), 'close')
    }
  const attacks = {
    'a megabyte': published,
    '1,000 pipelined requests': pipelined('GET /healthz HTTP/1.1\r\nHost: x'),
    '1,000 pipelined publishes': pipelined('POST /publish/a HTTP/1.1\r\nHost: x\r\nContent-Length: 0'),
    '1,000 pipelined requests of an unknown path': pipelined('GET /nothing HTTP/1.1\r\nHost: x'),
  }
  expect(await tooLong(relay, attacks)).toEqual({})
})

it('/request, and its answers', async () => {
  const relay = await meteredRelay(gateway)
  const responder = await subscribed(relay, 'request.*.POST.**')
  const answered =
    (answer: string): Attack =>
    async () => {
      const asker = await dial(relay)
      asker.write('POST /request/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 131072\r\n\r\n')
      asker.write(megabyte.subarray(0, 131_072))
      const { Message } = (await responder.json()) as { Message: { subject: string } }
      const subject = Message.subject.replace('request', 'response')
      responder.send(JSON.stringify({ Publish: { subject, message: answer } }))
      await once(asker.resume(), 'close')
    }
  const entries = Array.from({ length: 9000 }, (_, i) => `"h${i}":"x"`)
  const attacks = {
    'a body of a megabyte': answered(`{"status":200,"body":[${'255,'.repeat(250_000)}0]}`),
    'an answer of 9,000 headers': answered(`{"status":200,"headers":{${entries}}}`),
    'an answer of one header with 9,000 values': answered(
      `{"status":200,"headers":{"h":[${Array(9000).fill('"x"')}]}}`,
    ),
    'an answer that is not JSON': answered('['.repeat(1_000_000)),
  }
  expect(await tooLong(relay, attacks)).toEqual({})
})

it('many at once', async () => {
  const relay = await meteredRelay(gateway)
  // Every one of 1,024 patterns matches.
  const patterns = Array.from({ length: 1000 }, (_, i) =>
    Array.from({ length: 10 }, (_, bit) => ((i >> bit) & 1 ? '*' : 'a')).join('.'),
  )
  const attacks = {
    'a message that matches 1,000 subscriptions': async () => {
      const reader = await subscribed(relay, ...patterns)
      const publisher = await open(relay, json)
      const subject = Array(10).fill('a').join('.')
      publisher.send(JSON.stringify({ Publish: { subject, message: 'x'.repeat(500_000) } }))
      await exchange(publisher, 1, () => '{"Unsubscribe":{"id":1}}')
      reader.ws.terminate()
    },
    '10,000 requests whose server leaves': async () => {
      const server = await open(relay, json)
      await exchange(server, 1, () => '{"Subscribe":{"subject":"slow","serve":true}}')
      const askers = await Promise.all(Array.from({ length: 10 }, () => open(relay, json)))
      for (const asker of askers)
        for (let ref = 0; ref < 1000; ref++) asker.send(`{"Request":{"ref":${ref},"subject":"slow","message":""}}`)
      await exchange(server, 10_000, () => '"Pong"')
      server.ws.terminate()
      for (const asker of askers) await exchange(asker, 1000, () => '"Pong"')
    },
    '500 handshakes': async () => {
      const sockets = await Promise.all(Array.from({ length: 500 }, () => dial(relay)))
      await Promise.all(
        sockets.map((socket) => {
          socket.write(handshake('GET /ws', { 'Sec-WebSocket-Protocol': json }))
          return once(socket, 'data')
        }),
      )
      for (const socket of sockets) socket.resetAndDestroy()
    },
  }
  expect(await tooLong(relay, attacks)).toEqual({})
})

const numbered = (count: number): [string, string][] => Array.from({ length: count }, (_, i) => [`h${i}`, 'x'])

it('the values of many patterns, each of which examines all values', async () => {
  const relay = await meteredRelay(gateway)
  const writer = await open(relay, json)
  const value = (ref: number): string =>
    JSON.stringify({ Publish: { ref, subject: `v.${ref}`, message: 'x', retain: true } })
  await exchange(writer, 20_000, value)
  const readValues = (kind: object) => async () => {
    const socket = await open(relay, json)
    const pattern = (ref: number): string => JSON.stringify({ Subscribe: { ref, subject: `*.*.n${ref}`, ...kind } })
    for (let ref = 0; ref < 100; ref++) socket.send(pattern(ref))
    for (let left = 100; left > 0; ) if (/Synced|Error/.test(String(await socket.next()))) left--
    socket.ws.terminate()
  }
  expect(
    await tooLong(relay, { retained: readValues({ retained: true }), snapshot: readValues({ snapshot: true }) }),
  ).toEqual({})
})

it('headers and many messages, with NATS', async () => {
  const server = await startNats()
  const relay = await meteredRelay([...gateway, '-b', `Nats[addresses][0]=${server.url}`])
  const reader = await subscribed(relay, 'h.*')
  const foreign = await stranger(server)
  const publish =
    (count: number): Attack =>
    async () => {
      const socket = await open(relay, json)
      const headers = Object.fromEntries(numbered(count))
      await exchange(socket, 1, (ref) => JSON.stringify({ Publish: { ref, subject: 'h.x', message: 'x', headers } }))
    }
  const attacks = {
    'a publish with 5,000': publish(5_000),
    'a publish with 20,000': publish(20_000),
    'ten foreign messages with 16,000': async () => {
      const headers = natsHeaders()
      // The library's own `append` takes a minute for that many.
      for (const [name, value] of numbered(16_000))
        (headers as unknown as { headers: Map<string, string[]> }).headers.set(name, [value])
      for (let i = 0; i < 10; i++) foreign.publish('h.x', 'x', { headers })
      foreign.publish('h.x', 'the last')
      await reader.next()
    },
    '50,000 small foreign messages': async () => {
      for (let i = 0; i < 50_000; i++) foreign.publish('h.x', 'x')
      for (let i = 0; i < 50_000; i++) await reader.next()
    },
  }
  expect(await tooLong(relay, attacks)).toEqual({})
})

it('headers, with MQTT', async () => {
  const server = await startMosquitto()
  const relay = await meteredRelay([...gateway, '-b', `Mqtt[address]=${server.url}`])
  const reader = await subscribed(relay, 'h.*')
  const flags = numbered(16_000).flatMap(([name, value]) => ['-D', 'publish', 'user-property', name, value])
  const attacks = {
    'a foreign message with 16,000': async () => {
      await mosquittoPub(server.port, 'h/x', 'x', [...five, ...flags])
      await mosquittoPub(server.port, 'h/x', 'the last', five)
      await reader.next()
    },
  }
  expect(await tooLong(relay, attacks)).toEqual({})
})
