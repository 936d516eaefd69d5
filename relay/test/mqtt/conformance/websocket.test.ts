import { once } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import WebSocket, { createWebSocketStream } from 'ws'
import { messages } from './expectations.js'
import { RawClient, unique } from './raw-client.js'
import { onMosquitto, serverUnderTest } from './server-under-test.js'
import { connect, packet } from './wire.js'

const server = serverUnderTest()
const levels = [4, 5] as const

async function open(protocols: readonly string[] = ['mqtt']): Promise<WebSocket> {
  const socket = new WebSocket(`ws://${server.address}/mqtt`, [...protocols])
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  return socket
}

describe('WebSocket', () => {
  it('3.1.1 [6.0.0-3 6.0.0-4] 5.0 [6.0.0-3 6.0.0-4]: the subprotocol is mqtt', async () => {
    expect((await open(['x', 'mqtt'])).protocol).toBe('mqtt')
  })

  it.each(levels)(
    '3.1.1 [6.0.0-2] 5.0 [6.0.0-2]: packets may be split over frames, and several be in one; ' +
      'answers are binary (level %d)',
    async (level) => {
      const socket = await open()
      const kinds: boolean[] = []
      socket.on('message', (_, isBinary) => kinds.push(isBinary))
      const client = new RawClient(createWebSocketStream(socket), level)
      const first = Buffer.concat([connect({ level, clientId: unique() }), packet(12, 0)])
      for (const byte of first) client.send(Buffer.of(byte))
      expect(await client.next('connack')).toMatchObject({ code: 0 })
      await client.next('pingresp')
      const topic = unique('t')
      await client.subscribed(topic)
      client.send(packet(12, 0), packet(12, 0), packet(12, 0))
      for (const _ of [1, 2, 3]) await client.next('pingresp')
      await client.published(topic, 'x'.repeat(10_000))
      expect(messages(await client.ping())).toEqual([`${topic} ${'x'.repeat(10_000)}`])
      expect(new Set(kinds)).toEqual(new Set([true]))
    },
  )

  // mosquitto 2.0.11 accepts it.
  it.skipIf(onMosquitto).each(levels)(
    '3.1.1 [6.0.0-1] 5.0 [6.0.0-1]: a text frame closes (level %d)',
    async (level) => {
      const socket = await open()
      const client = new RawClient(createWebSocketStream(socket), level)
      client.send(connect({ level, clientId: unique() }))
      await client.next('connack')
      socket.send('text')
      const rest = await client.rest()
      expect(rest.filter(({ type }) => type !== 'disconnect')).toEqual([])
    },
  )
})
