import { once } from 'node:events'
import type { Server } from 'node:http'
import { describe, expect, it } from 'vitest'
import { fakeClock } from '../src/testing/fake-clock.js'
import { responder, start, statusesIn } from './http-gateways.js'
import { dial, serverOf } from './raw-http.js'

describe('a client that has half-closed its connection', () => {
  const ask = (line: string): string => `${line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`
  const connections = (server: Server): Promise<number> =>
    new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))))

  it.each([
    ['GET /healthz', 200],
    ['GET /readyz', 200],
    ['GET /metrics', 200],
    ['POST /publish/a', 202],
    ['POST /request/a', 200],
    ['PUT /request/a', 200],
    ['GET /nowhere', 404],
    ['GET /ws', 426],
  ])('still gets its answer: %s', async (line, status) => {
    const relay = await start()
    await responder(relay, { status: 200, body: 'x' })
    const client = await dial(relay)
    client.socket.end(ask(line))
    expect(statusesIn(await client.closed)).toEqual([status])
  })

  it('gets the answers to all its pipelined requests, and then the end', async () => {
    const relay = await start()
    await responder(relay, { status: 200, body: 'x' })
    const client = await dial(relay)
    const lines = ['POST /request/a', 'POST /publish/a', 'GET /healthz']
    client.socket.end(Array(50).fill(lines.map(ask).join('')).join(''))
    expect(statusesIn(await client.closed)).toEqual(Array(50).fill([200, 202, 200]).flat())
  })

  it('continues to read an event stream', async () => {
    const relay = await start()
    for (const opening of ['GET /subscribe/a HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n']) {
      const client = await dial(relay)
      client.socket.end(opening)
      await expect.poll(() => client.received).toMatch(/retry: 2000\n\n/)
      await expect.poll(() => client.received).toMatch(/\n:\n\n/) // the relay has probed the connection
      await fetch(`http://${relay.address}/publish/a`, { method: 'POST', body: 'received' })
      await expect.poll(() => client.received).toContain('"message":"received"')
    }
  })

  it('and has gone is noticed by the end of its event stream, long before a heartbeat', async () => {
    const clock = fakeClock()
    const relay = await start({ clock })
    const server = await serverOf(relay)
    await expect.poll(() => connections(server)).toBe(0)
    const client = await dial(relay)
    client.write('GET /subscribe/a HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n')
    await once(client.socket, 'data')
    client.socket.destroy()
    let waitedMs = 0
    await expect
      .poll(() => {
        clock.advance(100)
        waitedMs += 100
        return connections(server)
      })
      .toBe(0)
    expect(waitedMs).toBeLessThan(25_000)
  })
})
