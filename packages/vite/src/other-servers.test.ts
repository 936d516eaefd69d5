import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { build, createServer, type InlineConfig, preview, type ServerOptions, type ViteDevServer } from 'vite'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { clientOf, configOf, helloToml, memoryToml, project, terminal, textsOf } from './testing/dev-server.js'

async function listening(listener?: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createHttpServer(listener)
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

async function middleware(config: InlineConfig, server: ServerOptions): Promise<ViteDevServer> {
  const vite = await createServer({ ...config, appType: 'custom', server })
  onTestFinished(() => vite.close())
  return vite
}

describe('behind server.middlewareMode', () => {
  it.each(['server.middlewareMode.server', 'server.hmr.server', 'its own option'])(
    'takes WebSockets from the server that %s names',
    async (where) => {
      const { server, url } = await listening()
      const shown = terminal()
      const config = configOf(project(), shown, where === 'its own option' ? { server } : {})
      const vite = await middleware(
        config,
        where === 'server.middlewareMode.server'
          ? { middlewareMode: { server } }
          : { middlewareMode: true, ...(where === 'server.hmr.server' && { hmr: { server } }) },
      )
      server.on('request', vite.middlewares)
      const texts = await textsOf(clientOf(url), 'a')
      expect((await fetch(`${url}/publish/a`, { method: 'POST', body: 'x' })).status).toBe(202)
      await expect.poll(() => texts).toEqual(['x'])
      expect(shown.lines).toEqual([])
    },
  )

  it('warns that it has no WebSockets without a server, and serves plain HTTP', async () => {
    const shown = terminal()
    const vite = await middleware(configOf(project(), shown), { middlewareMode: true, ws: false })
    const { url } = await listening(vite.middlewares)
    await shown.shows('the relay has no WebSockets')
    expect((await fetch(`${url}/publish/a`, { method: 'POST', body: 'x' })).status).toBe(202)
  })

  it('has one relay on a server at a time: that of a restart opens when the old one has closed', async () => {
    const { server, url } = await listening()
    const vite = await middleware(configOf(project(), terminal()), { middlewareMode: { server } })
    server.on('request', vite.middlewares)
    const client = clientOf(url)
    const texts = await textsOf(client, 'a')
    await vite.restart()
    expect(await client.publish('a', 'after')).toBe('confirmed')
    await expect.poll(() => texts).toEqual(['after'])
    const { relay } = JSON.parse(await (await fetch(`${url}/healthz`)).text())
    expect(JSON.parse(await (await fetch(`${url}/healthz`)).text())).toMatchObject({ relay })
  })
})

describe('in the preview of a build', () => {
  it('runs the same configuration, with the modules that Node can load', async () => {
    const files = {
      'wildcast.toml': memoryToml + helloToml.replace('.ts', '.js'),
      'components/hello.js': 'export default (message) => ({ message: `Hello, ${message.params[0]}` })',
    }
    const config = configOf(project(files), terminal())
    await build(config)
    const server = await preview(config)
    const url = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}`
    const client = clientOf(url)
    const texts = await textsOf(client, 'goodbye')
    await client.publish('hello.Ada', '')
    await expect.poll(() => texts).toEqual(['Hello, Ada'])
    expect(await (await fetch(url)).text()).toContain('the page')
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'wildcast.v1+json')
    await once(socket, 'open')
    await Promise.all([once(socket, 'close'), server.close()])
    await expect(fetch(`${url}/readyz`)).rejects.toThrow()
  })
})
