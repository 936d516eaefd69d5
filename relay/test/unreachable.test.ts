import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Client, type ClientOptions, createClient, type Status, type WildcastError } from '@wildcast/client'
import { stream as overHttp } from '@wildcast/client/stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { http, streamEndpoint, websocket } from '../src/index.js'
import { type FakeClock, fakeClock } from '../src/testing/fake-clock.js'
import { startRelay } from './start-relay.js'

interface Opened {
  readonly client: Client
  readonly errors: { readonly stage: string; readonly message: string }[]
  readonly clock: FakeClock
  /** Advances the clock until the client is in a state. */
  reach(state: Status['state']): Promise<void>
}

function open(url: string, options: Partial<ClientOptions> = {}): Opened {
  const errors: Opened['errors'] = []
  const clock = fakeClock()
  const onError = ({ message }: WildcastError, { stage }: { stage: string }) => errors.push({ stage, message })
  const client = createClient({ url, WebSocket, clock, onError, ...options })
  onTestFinished(() => client.close())
  client.reconnect()
  return {
    client,
    errors,
    clock,
    reach: (state) =>
      expect
        .poll(() => {
          if (client.status.state !== state) clock.advance(250)
          return client.status.state
        })
        .toBe(state),
  }
}

/** A web server on a loopback port, in the place of the relay. */
async function webServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.on('upgrade', (request, socket) => {
    const response = { writeHead: (status: number, headers: object = {}) => ({ end: () => answer(status, headers) }) }
    const answer = (status: number, headers: object): void => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.end(`HTTP/1.1 ${status} No\r\n${lines.join('')}connection: close\r\n\r\n`)
    }
    socket.on('error', () => {})
    listener(request, response as never)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

const page = { 'content-type': 'text/html' }
const cases: [string, RequestListener, RegExp[]][] = [
  ['404', (_, response) => response.writeHead(404, page).end(), [/404/, /path/, /prefix/]],
  ['a page', (_, response) => response.writeHead(200, page).end(), [/200 text\/html/, /login page/]],
  ['502', (_, response) => response.writeHead(502, page).end(), [/502/, /running/]],
  ['407', (_, response) => response.writeHead(407, page).end(), [/407|proxy/i]],
  [
    'a redirect to a login page',
    (request, response) =>
      request.url === '/login'
        ? response.writeHead(200, page).end()
        : response.writeHead(302, { location: '/login' }).end(),
    [/redirect to .*\/login/],
  ],
]

describe('a failure to connect is reported within 10 s, with a remedy (N10)', () => {
  it.each(cases)('%s instead of the relay', async (_, listener, words) => {
    const { client, errors, clock, reach } = open(`ws://${await webServer(listener)}/ws`)
    await reach('waiting')
    expect(clock.now()).toBeLessThanOrEqual(10_000)
    expect(errors).toHaveLength(1)
    expect(errors[0]?.stage).toBe('transport')
    for (const word of words) expect(errors[0]?.message).toMatch(word)
    expect(errors[0]?.message).toMatch(/WebSocket: Unexpected server response: \d+/)
    expect(client.status).toMatchObject({ reason: { message: errors[0]?.message } })
  })
  // Only the WebSocket reports a 407: `fetch` hides it.
  it.each(cases.filter(([what]) => what !== '407'))(
    '%s for a client that uses HTTP from the beginning',
    async (_, listener, words) => {
      const { errors, reach } = open(`ws://${await webServer(listener)}/ws`, { transport: overHttp })
      await reach('waiting')
      expect(errors).toHaveLength(1)
      for (const word of words) expect(errors[0]?.message).toMatch(word)
    },
  )
  it('no listening process', async () => {
    const { address, close } = await startRelay()
    await close()
    const { errors, reach } = open(`ws://${address}`)
    await reach('waiting')
    expect(errors).toMatchObject([{ stage: 'transport', message: expect.stringMatching(/ECONNREFUSED.*running/) }])
  })
  it('a server that accepts and sends nothing', async () => {
    const { errors, clock, reach } = open(`ws://${await webServer(() => {})}`)
    await reach('waiting')
    expect(clock.now()).toBeLessThanOrEqual(10_000)
    expect(errors).toMatchObject([{ stage: 'transport', message: expect.stringMatching(/does not answer.*firewall/) }])
  })
  it('a proxy that keeps a path prefix', async () => {
    const { address } = await startRelay()
    const { errors, reach } = open(`ws://${address}/app/ws`)
    await reach('waiting')
    expect(errors).toMatchObject([{ message: expect.stringMatching(/404.*prefix/) }])
  })
  it('a proxy that refuses WebSockets and buffers event streams', async () => {
    const address = await webServer((request, response) => {
      if (request.method === 'HEAD') response.writeHead(204).end()
      else if (request.headers.upgrade) response.writeHead(400).end()
    })
    const { errors, clock, reach } = open(`ws://${address}`)
    await reach('waiting')
    expect(clock.now()).toBeLessThanOrEqual(10_000)
    expect(errors).toMatchObject([{ stage: 'transport', message: expect.stringMatching(/event stream.*buffering/) }])
  })
  it('a WebSocket that opens and sends nothing', async () => {
    const { WebSocketServer } = await import('ws')
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { errors, clock, reach } = open(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await expect.poll(() => server.clients.size).toBe(1)
    await reach('waiting')
    expect(clock.now()).toBeLessThanOrEqual(10_000)
    expect(errors).toMatchObject([{ stage: 'transport', message: expect.stringMatching(/no Welcome within 10 s/) }])
    for (const socket of server.clients) socket.terminate()
  })
  it.each<[string, number, (socket: WebSocket) => void]>([
    ['with a code', 1011, (socket) => socket.close(1011)],
    ['without a code', 1005, (socket) => socket.close()],
    ['without a close frame', 1006, (socket) => socket.terminate()],
  ])('a WebSocket that the server opens and closes %s', async (_, code, end) => {
    const { WebSocketServer } = await import('ws')
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    server.on('connection', end)
    const { client, errors } = open(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await expect.poll(() => client.status.state).toBe('waiting')
    const message = `no Welcome (${code}): is a relay there?`
    expect(errors).toEqual([{ stage: 'transport', message }])
    expect(client.status).toMatchObject({ reason: { code: 'interrupted', message } })
  })
})

describe('an outage', () => {
  it('is reported once for all failed attempts, and the next outage again', async () => {
    const first = await startRelay()
    const { client, errors, reach } = open(`ws://${first.address}`)
    await reach('online')
    const fail = async (attempts: number): Promise<void> => {
      let waits = 0
      const undo = client.onStatus(({ state }) => {
        if (state === 'waiting') waits++
      })
      for (let wanted = 1; wanted <= attempts; wanted++) {
        if (client.status.state === 'waiting') client.reconnect()
        await expect.poll(() => waits).toBeGreaterThanOrEqual(wanted)
      }
      undo()
    }
    await first.close()
    await fail(3)
    expect(errors).toHaveLength(1)
    const second = await startRelay({ port: first.port })
    await reach('online')
    await second.close()
    await fail(3)
    expect(errors).toHaveLength(2)
    expect(new Set(errors.map(({ stage }) => stage))).toEqual(new Set(['transport']))
  })
  it('keeps its reason in the status while the client reconnects', async () => {
    const { address, close } = await startRelay()
    await close()
    const { client, reach } = open(`ws://${address}`)
    await reach('waiting')
    client.reconnect()
    expect(client.status).toMatchObject({ state: 'connecting', reason: { message: /ECONNREFUSED/ } })
  })
})

describe('the status shows how the relay is reached', () => {
  it.each<[string, Partial<ClientOptions>]>([
    ['websocket', {}],
    ['http', { transport: overHttp }],
    ['classic', { dialect: 'classic' }],
  ])('by %s', async (transport, options) => {
    const { address } = await startRelay({ gateways: [http, streamEndpoint, websocket({ mode: 'json' })] })
    const { client, reach } = open(`ws://${address}`, options)
    await reach('online')
    expect(client.status).toMatchObject({ state: 'online', transport })
  })
})

describe('a WebSocket that was refused', () => {
  it('is tried again after ten minutes, and does not affect other relays of the page', async () => {
    const blocking = await startRelay({ gateways: [http, streamEndpoint] })
    const other = await startRelay()
    const first = open(`ws://${blocking.address}`)
    await first.reach('online')
    expect(first.client.status).toMatchObject({ transport: 'http' })
    const elsewhere = open(`ws://${other.address}`)
    await elsewhere.reach('online')
    expect(elsewhere.client.status).toMatchObject({ transport: 'websocket' })
    await blocking.close()
    await first.reach('waiting')
    await startRelay({ port: blocking.port })
    first.clock.advance(600_000)
    await first.reach('online')
    expect(first.client.status).toMatchObject({ transport: 'websocket' })
  })
  it.each<[string, RequestListener]>([
    ['has no answer yet', () => {}],
    ['fails', (_, response) => response.writeHead(404).end()],
  ])('is used when it opens late, although HTTP was tried meanwhile and %s', async (_, answer) => {
    const { address } = await startRelay()
    const unreleased = (): void => {}
    let release = unreleased
    /** Opens when the test releases it. */
    class Slow extends WebSocket {
      constructor(_: string, protocols: string[]) {
        super(`ws://${address}/ws`, protocols)
      }
      override addEventListener(type: never, listener: never): void {
        const opens = type === ('open' as never)
        super.addEventListener(type, opens ? ((() => (release = listener)) as never) : listener)
      }
    }
    const requested = vi.fn<RequestListener>((request, response) =>
      request.url === '/later' ? response.end() : answer(request, response),
    )
    const server = await webServer(requested)
    const { client, clock } = open(`ws://${server}`, { WebSocket: Slow as never })
    await expect.poll(() => release).not.toBe(unreleased)
    clock.advance(5000)
    await expect.poll(() => requested).toHaveBeenCalled()
    await fetch(`http://${server}/later`) // the client has its answer before
    clock.advance(1000)
    release()
    await expect.poll(() => client.status).toMatchObject({ state: 'online', transport: 'websocket' })
  })
})
