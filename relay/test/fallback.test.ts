import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import type { createClient } from '@wildcast/client'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { http, streamEndpoint, websocket } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { startRelay } from './start-relay.js'

/** The session storage of a tab. */
const kept: Record<string, string> = {}
const keyOf = (address: string): string => `wildcast ws://${address}`

/** A page of this tab, with fresh modules and the same storage. */
async function page(): Promise<typeof createClient> {
  vi.resetModules()
  return (await import('@wildcast/client')).createClient
}

/** Counts the attempts to connect. */
function counting(): { readonly Socket: typeof WebSocket; tries(): number } {
  let tries = 0
  class Socket extends WebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols)
      tries++
    }
  }
  return { Socket: Socket as never, tries: () => tries }
}

describe('if no WebSocket can connect', () => {
  beforeEach(() => {
    for (const key of Object.keys(kept)) delete kept[key]
    vi.stubGlobal('sessionStorage', kept)
    return () => void vi.unstubAllGlobals()
  })

  it('a client continues over HTTP, and the tab remembers that', async () => {
    const { address } = await startRelay({ gateways: [http, streamEndpoint] })
    const { Socket, tries } = counting()
    const open = async () => {
      const client = (await page())({ url: `ws://${address}`, WebSocket: Socket, onError: () => {} })
      onTestFinished(() => client.close())
      client.reconnect()
      await expect.poll(() => client.status.state).toBe('online')
      return client
    }
    const client = await open()
    const received: unknown[] = []
    await new Promise<void>((resolve) => {
      client.subscribe('a', (message) => received.push(message.data), {
        onStatus: (status) => status === 'ready' && resolve(),
      })
    })
    expect(await client.publish('a', { over: 'HTTP' })).toBe('confirmed')
    await expect.poll(() => received).toEqual([{ over: 'HTTP' }])
    // One that failed, and one to confirm it.
    expect(tries()).toBe(2)
    expect(Object.keys(kept)).toEqual([keyOf(address)])
    expect(client.status).toMatchObject({ state: 'online', transport: 'http' })
    await open()
    expect(tries()).toBe(2)
  })

  it.each([
    ['never answers', () => {}],
    [
      'is forbidden',
      () => {
        throw new Error('the policy of the page forbids it')
      },
    ],
  ])('a client continues over HTTP if a WebSocket %s', async (_, attempt) => {
    const { address } = await startRelay({ gateways: [http, streamEndpoint] })
    class Socket {
      binaryType = ''
      send = attempt
      close = attempt
      addEventListener = () => {}
      constructor() {
        attempt()
      }
    }
    const clock = fakeClock()
    const client = (await page())({ url: `ws://${address}`, WebSocket: Socket, clock, onError: () => {} })
    onTestFinished(() => client.close())
    client.reconnect()
    await expect
      .poll(() => {
        if (client.status.state !== 'online') clock.advance(500)
        return client.status.state
      })
      .toBe('online')
    expect(Object.keys(kept)).toEqual([keyOf(address)])
  })

  it('a closed client leaves no request open, even if the relay hangs', async () => {
    const welcome =
      'data: {"Welcome":{"session":"s","resumed":false,"received":0,"relay":"r","brokers":[],' +
      '"limits":{"payload":9999,"subscriptions":9,"resume_bytes":0},"ping":25000,"time":0}}\n\n'
    let posted = false
    const server = createServer((request, response) => {
      if (request.method === 'HEAD') response.writeHead(204, { connection: 'close' }).end()
      else if (request.url === '/stream') response.write(welcome)
      else posted = true
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    kept[keyOf(`127.0.0.1:${port}`)] = '0'
    const clock = fakeClock()
    const client = (await page())({ url: `ws://127.0.0.1:${port}`, WebSocket: WebSocket, clock, onError: () => {} })
    client.publish('a', 1).catch(() => {})
    await expect.poll(() => posted).toBe(true)
    client.close()
    const open = promisify(server.getConnections.bind(server))
    await expect
      .poll(() => {
        clock.advance(1000)
        return open()
      })
      .toBe(0)
  })

  it('a relay that was only down is reached by WebSocket again', async () => {
    const first = await startRelay({ gateways: [http, streamEndpoint, websocket()] })
    await first.close()
    const { Socket, tries } = counting()
    const client = (await page())({ url: `ws://${first.address}`, WebSocket: Socket, onError: () => {} })
    onTestFinished(() => client.close())
    await expect.poll(() => client.status.state).toBe('waiting')
    await startRelay({ gateways: [http, streamEndpoint, websocket()], port: first.port })
    client.reconnect()
    await expect.poll(() => client.status.state).toBe('online')
    expect(tries()).toBeGreaterThan(1)
    expect(kept).toEqual({})
  })

  it('a relay without an HTTP endpoint is reached by WebSocket again, too', async () => {
    const first = await startRelay({ gateways: [http, websocket()] })
    await first.close()
    const { Socket, tries } = counting()
    const client = (await page())({ url: `ws://${first.address}`, WebSocket: Socket, onError: () => {} })
    onTestFinished(() => client.close())
    await expect.poll(() => client.status.state).toBe('waiting')
    await startRelay({ gateways: [http, websocket()], port: first.port })
    await expect
      .poll(() => {
        if (client.status.state === 'waiting') client.reconnect()
        return client.status.state
      })
      .toBe('online')
    expect(tries()).toBeGreaterThan(1)
  })

  it('a tab that remembers tries a WebSocket again if HTTP hangs', async () => {
    const server = createServer(() => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.closeAllConnections())
    const { port } = server.address() as AddressInfo
    kept[keyOf(`127.0.0.1:${port}`)] = '0'
    const { Socket, tries } = counting()
    const clock = fakeClock()
    const client = (await page())({ url: `ws://127.0.0.1:${port}`, WebSocket: Socket, clock, onError: () => {} })
    onTestFinished(() => client.close())
    client.reconnect()
    await expect
      .poll(() => {
        clock.advance(1000)
        return tries()
      })
      .toBeGreaterThan(0)
    expect(kept).toEqual({})
  })

  it('a tab that remembers tries a WebSocket again if HTTP fails', async () => {
    const relay = await startRelay({ gateways: [http, websocket()] })
    kept[keyOf(relay.address)] = String(Date.now())
    const { Socket, tries } = counting()
    const client = (await page())({ url: `ws://${relay.address}`, WebSocket: Socket, onError: () => {} })
    onTestFinished(() => client.close())
    await expect.poll(() => client.status.state).toBe('online')
    expect(tries()).toBe(1)
    expect(kept).toEqual({})
  })
})
