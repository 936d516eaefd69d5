import { once } from 'node:events'
import { get } from 'node:https'
import { build } from 'vite'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { makeCertificates } from '../../../relay/test/servers/certificates.js'
import { freePort } from '../../../relay/test/servers/free-port.js'
import { clientOf, memoryToml, project, startVite, textsOf } from './testing/dev-server.js'
import { wildcast } from './wildcast.js'

describe("the relay in Vite's dev server", () => {
  it('serves WebSockets and HTTP on the port of Vite, and leaves the rest to Vite', async () => {
    const { url } = await startVite(project())
    const client = clientOf(url)
    const texts = await textsOf(client, 'good.*')
    expect(await client.publish('good.apple', 'by WebSocket')).toBe('confirmed')
    expect((await fetch(`${url}/publish/good.pear`, { method: 'POST', body: 'by HTTP' })).status).toBe(202)
    await expect.poll(() => texts).toEqual(['by WebSocket', 'by HTTP'])
    for (const path of ['/readyz', '/healthz/', '/metrics', '/value/nothing'])
      expect((await fetch(`${url}${path}`)).headers.get('content-type'), path).not.toMatch(/html/)
    for (const path of ['/', '/history', '/wss', '/publish'])
      expect(await (await fetch(`${url}${path}`, { headers: { accept: 'text/html' } })).text(), path).toContain(
        'the page',
      )
  })

  it("leaves the sockets of Vite and others alone, also on the relay's paths", async () => {
    const { url, vite } = await startVite(project(), {}, { server: { hmr: { path: 'ws' } } })
    const hot = new WebSocket(`${url.replace('http', 'ws')}/ws?token=${vite.config.webSocketToken}`, 'vite-hmr')
    expect(JSON.parse(String((await once(hot, 'message'))[0]))).toEqual({ type: 'connected' })
    hot.terminate()
    vite.httpServer?.on('upgrade', (request, socket) => {
      if (request.url === '/mine') socket.end('HTTP/1.1 418 Mine\r\n\r\n')
    })
    const mine = new WebSocket(`${url.replace('http', 'ws')}/mine`)
    expect((await once(mine, 'unexpected-response'))[1].statusCode).toBe(418)
    expect(await clientOf(url).publish('a', 'x')).toBe('confirmed')
  })

  it('takes its brokers from the keys that it is given, and a path for all endpoints', async () => {
    const config = { brokers: { shop: { type: 'memory', history: [{ subjects: 'room.*', messages: 5 }] } } }
    const { url } = await startVite(project(), { config, path: '/relay' })
    await clientOf(`${url}/relay`).publish('room.1', 'kept')
    const { brokers } = JSON.parse(await (await fetch(`${url}/relay/healthz`)).text())
    expect(brokers).toMatchObject([{ name: 'shop' }])
    expect(await (await fetch(`${url}/relay/history/room.1`)).text()).toContain('kept')
    expect(await (await fetch(`${url}/healthz`, { headers: { accept: 'text/html' } })).text()).toContain('the page')
    expect(() => wildcast({ path: 'relay/' })).toThrow(RangeError)
  })

  it('works behind server.https', async () => {
    const { ca, server: own } = makeCertificates()
    const https = { cert: own.cert, key: own.key }
    const { url } = await startVite(project(), {}, { server: { https, host: 'localhost' } })
    class Trusting extends WebSocket {
      constructor(to: string, protocols?: string | string[]) {
        super(to, protocols, { ca })
      }
    }
    expect(await clientOf(url, { WebSocket: Trusting }).publish('a', 'x')).toBe('confirmed')
    const [response] = await once(get(`${url}/readyz`, { ca }), 'response')
    expect(response.statusCode).toBe(200)
  })

  it('refuses handshakes for hosts that Vite does not allow', async () => {
    const { url } = await startVite(project())
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, { headers: { host: 'evil.example' } })
    expect((await once(socket, 'unexpected-response'))[1].statusCode).toBe(403)
  })

  it('is another one in each of two servers', async () => {
    const [one, two] = [await startVite(project()), await startVite(project())]
    const texts = await textsOf(clientOf(one.url), 'a')
    await clientOf(two.url).publish('a', 'two')
    await clientOf(one.url).publish('a', 'one')
    await expect.poll(() => texts).toEqual(['one'])
  })

  it('runs nothing in a build', async () => {
    const { root } = project({ 'wildcast.toml': 'not a configuration' })
    await build({ root, configFile: false, plugins: [wildcast()], logLevel: 'silent' })
  })
})

describe('when its server ends', () => {
  it('ends its connections, and leaves no port, no thread and no timer', async () => {
    const { url, vite } = await startVite(project({ 'wildcast.toml': `admin = "127.0.0.1:0"\n${memoryToml}` }))
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'wildcast.v1+json')
    await once(socket, 'open')
    await Promise.all([once(socket, 'close'), vite.close()])
    await expect(fetch(`${url}/readyz`)).rejects.toThrow()
    const left = process.getActiveResourcesInfo().filter((name) => /Worker|MessagePort|TCPServer/.test(name))
    expect(left).toEqual([])
  })

  it('is opened again by a restart, on the same fixed port, when the old one has closed', async () => {
    const port = await freePort()
    const toml = `${memoryToml}[[gateway]]\nport = ${port}\nhost = "127.0.0.1"\n`
    const { url, vite, lines } = await startVite(project({ 'wildcast.toml': toml }))
    const client = clientOf(url)
    const texts = await textsOf(client, 'a')
    await vite.restart()
    expect(await client.publish('a', 'after')).toBe('confirmed')
    await expect.poll(() => texts).toEqual(['after'])
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
    expect(lines.filter((line) => line.includes('[wildcast]'))).toEqual([])
  })
})
