import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { createServer as createSecureServer, get } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createClient } from '@wildcast/client'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { attach, http, memory, newId, realClock, serverSentEvents, websocket } from '../src/index.js'
import { eventSource } from './event-source.js'
import { makeCertificates } from './servers/certificates.js'

const options = () => ({
  brokers: { main: memory({ clock: realClock, newId }) },
  gateways: [http, serverSentEvents, websocket({ mode: 'json' })],
  onError: () => {},
})

async function listen<Any extends Pick<Server, 'listen' | 'address' | 'close' | 'closeAllConnections'>>(
  server: Any,
): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

function connect(url: string, socket: typeof WebSocket = WebSocket) {
  const client = createClient({ url, WebSocket: socket })
  onTestFinished(() => client.close())
  return client
}

describe('a relay that is attached to a server', () => {
  it('answers below its path, and leaves other paths to the server', async () => {
    const server = createServer((request, response) => response.end(`the app's ${request.url}`))
    const { close } = await attach(server, options())
    onTestFinished(close)
    const port = await listen(server)
    const source = await eventSource(`http://127.0.0.1:${port}/wildcast/subscribe/good.*`)
    const client = connect(`ws://127.0.0.1:${port}/wildcast/ws`)
    await client.publish('good.apple', 'by WebSocket')
    const published = await fetch(`http://127.0.0.1:${port}/wildcast/publish/good.pear`, {
      method: 'POST',
      body: 'by HTTP',
    })
    expect(published.status).toBe(202)
    expect((await source.next()).data.message).toBe('by WebSocket')
    expect((await source.next()).data.message).toBe('by HTTP')
    for (const path of ['/', '/publish/a', '/wildcastle', '/wildcast'])
      expect(await (await fetch(`http://127.0.0.1:${port}${path}`)).text()).toBe(`the app's ${path}`)
    expect((await fetch(`http://127.0.0.1:${port}/wildcast/nowhere`)).status).toBe(404)
  })

  it("does not touch the server's own WebSockets, and refuses those without a handler", async () => {
    const server = createServer()
    const { close } = await attach(server, { ...options(), path: '/relay' })
    onTestFinished(close)
    const port = await listen(server)
    const stray = new WebSocket(`ws://127.0.0.1:${port}/own`)
    const [, { statusCode }] = await once(stray, 'unexpected-response')
    stray.on('error', () => {}).terminate()
    expect(statusCode).toBe(404)
    const own = new WebSocketServer({ noServer: true })
    server.on('upgrade', (request, socket, head) => {
      if (request.url === '/own') own.handleUpgrade(request, socket, head, (ws) => ws.send('hello'))
    })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/own`)
    expect(String((await once(socket, 'message'))[0])).toBe('hello')
    socket.terminate()
    expect(await connect(`ws://127.0.0.1:${port}/relay/ws`).publish('a', 'x')).toBeDefined()
  })

  it('closes, and the server stays', async () => {
    const server = createServer((_, response) => response.end('the app'))
    const { close } = await attach(server, options())
    const port = await listen(server)
    const socket = new WebSocket(`ws://127.0.0.1:${port}/wildcast/ws`)
    await once(socket, 'open')
    const closed = once(socket, 'close')
    await close()
    expect((await closed)[0]).toBe(4410)
    expect(await (await fetch(`http://127.0.0.1:${port}/wildcast/publish/a`)).text()).toBe('the app')
  })

  it('accepts only a complete path', async () => {
    for (const path of ['', '/', 'wildcast', '/wildcast/', '/a b'])
      await expect(attach(createServer(), { ...options(), path })).rejects.toThrow(RangeError)
  })
})

describe('a relay that is attached to an HTTPS server', () => {
  it('works, too', async () => {
    const { ca, server: own } = makeCertificates()
    const server = createSecureServer(own, (_, response) => response.end('the app'))
    const { close } = await attach(server, options())
    onTestFinished(close)
    const port = await listen(server)
    class Trusting extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, { ca })
      }
    }
    expect(await connect(`wss://localhost:${port}/wildcast/ws`, Trusting as never).publish('a', 'x')).toBeDefined()
    const [response] = await once(get(`https://localhost:${port}/`, { ca }), 'response')
    expect(String((await once(response, 'data'))[0])).toBe('the app')
  })
})

describe('a relay that was attached', () => {
  it('may be closed twice: the server still handles each request once', async () => {
    let answers = 0
    const server = createServer((_, response) => {
      answers++
      if (!response.writableEnded) response.end('own')
    })
    const { close } = await attach(server, options())
    const port = await listen(server)
    await Promise.all([close(), close()])
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('own')
    expect(answers).toBe(1)
  })

  it('before another one leaves that in place, if it closes first', async () => {
    let answers = 0
    const server = createServer((_, response) => {
      answers++
      if (!response.writableEnded) response.end('own')
    })
    const first = await attach(server, { ...options(), path: '/one' })
    const second = await attach(server, { ...options(), path: '/two' })
    onTestFinished(second.close)
    const port = await listen(server)
    await first.close()
    const get = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${port}${path}`)).text()
    expect({ text: await get('/'), answers }).toEqual({ text: 'own', answers: 1 })
    expect({ text: await get('/one/publish/a'), answers }).toEqual({ text: 'own', answers: 2 })
    expect((await fetch(`http://127.0.0.1:${port}/two/publish/a`, { method: 'POST' })).status).toBe(202)
  })
})
