import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import { createClient } from '@wildcast/client'
import { stream } from '@wildcast/client/stream'
import { expect, it, onTestFinished } from 'vitest'
import { realClock } from '../src/index.js'
import { startRelay } from './start-relay.js'

/** A proxy that forwards an answer only when it is complete. Returns its port. */
async function bufferingProxy(target: number): Promise<number> {
  const server = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const forwarded = send({ port: target, host: '127.0.0.1', method, path: url, headers }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => void chunks.push(chunk)).on('error', () => outgoing.destroy())
      answer.on('end', () => {
        const type = answer.headers['content-type']
        outgoing.writeHead(answer.statusCode ?? 502, type === undefined ? {} : { 'content-type': type })
        outgoing.end(Buffer.concat(chunks))
      })
    })
    forwarded.on('error', () => outgoing.destroy())
    outgoing.on('close', () => forwarded.destroy())
    incoming.pipe(forwarded)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as { port: number }).port
}

/** Runs three times as fast, so that the test waits less for timeouts. */
const clock = { ...realClock, after: (ms: number, run: () => void) => realClock.after(ms / 3, run) }

it('a client behind a proxy that buffers event streams polls, and loses nothing', async () => {
  const relay = await startRelay()
  const url = `ws://127.0.0.1:${await bufferingProxy(relay.port)}`
  const client = createClient({ url, transport: stream, clock, onError: () => {} })
  onTestFinished(() => client.close())
  const received: string[] = []
  const ready = new Promise<void>((resolve) =>
    client.subscribe('good.*', (message) => void received.push(message.text()), {
      onStatus: (status) => status === 'ready' && resolve(),
    }),
  )
  await ready
  const sent = Array.from({ length: 50 }, (_, i) => `${i}`)
  expect(await Promise.all(sent.map((text) => client.publish('good.a', text)))).toEqual(sent.map(() => 'confirmed'))
  await expect.poll(() => received).toEqual(sent)
  expect(client.status).toMatchObject({ state: 'online', transport: 'http' })
})
