// Scripted: event streams over real HTTP that a proxy holds back.
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jsonCodec, type RelayFrame } from '@wildcast/protocol'
import { expect, onTestFinished, test } from 'vitest'
import { createFakeClock } from '../../testing/fake-clock.js'
import { welcome } from '../../testing/scripted-relay.js'
import { fallback } from './fallback.js'
import type { TransportMemory } from './transport-memory.js'

/** A relay whose event streams a test controls. */
async function holdBack(): Promise<{
  readonly url: string
  readonly streams: readonly ServerResponse[]
  readonly posts: readonly unknown[]
}> {
  const streams: ServerResponse[] = []
  const posts: unknown[] = []
  const server = createServer((request, response) => {
    if (request.method === 'HEAD') response.writeHead(204).end()
    else if (request.url === '/stream') streams.push(response)
    else if (request.method === 'POST') {
      posts.push(request.headers.authorization)
      response.writeHead(202).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, streams, posts }
}

/** A memory of blocked WebSockets, so that HTTP is tried first. */
const openMemory = (): TransportMemory & { blocked: boolean } => ({
  blocked: true,
  remember(blocked) {
    this.blocked = blocked
  },
})

test('a Welcome after HTTP has failed is not delivered, and the tab does not remember it', async () => {
  const { url, streams, posts } = await holdBack()
  const clock = createFakeClock()
  const memory = openMemory()
  const frames: RelayFrame[] = []
  const closes: { readonly code: number; readonly reason: string }[] = []
  const transport = fallback(memory, { reason: '', begunAt: clock.now() })(
    {
      open() {
        transport.send({ kind: 'Connect' })
        transport.send({ kind: 'Subscribe', ref: 1, subject: 'good.*' })
      },
      frame: (frame) => frames.push(frame),
      fault: (error) => {
        throw error
      },
      close: (how) => closes.push(how),
    },
    { url, codec: jsonCodec, clock },
  )
  await expect.poll(() => streams).toHaveLength(1)
  await clock.advance(9_000)
  expect(closes).toEqual([{ code: 1006, reason: expect.stringContaining('its event stream delivers nothing') }])
  transport.close()
  // The client has sent two requests: for an event stream, and for a single answer.
  await expect.poll(() => streams).toHaveLength(2)
  for (const stream of streams) stream.end(`${String(jsonCodec.encode(welcome))}\n`)
  // The transport has read Welcome, so the frames sent before the close are posted.
  await expect.poll(() => posts).toEqual([`Session ${welcome.session}`])
  await expect.poll(() => clock.timers).toBe(0)
  expect(frames).toEqual([])
  expect(memory.blocked).toBe(false)
})
