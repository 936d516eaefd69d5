import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { SignJWT } from 'jose'
import { freePort } from '../relay/test/servers/free-port.js'

const secret = 'a secret of at least 32 bytes, for tests'

/** Every host of `.example` is this machine. */
test.use({
  launchOptions: {
    executablePath: process.env.WILDCAST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP *.example 127.0.0.1'],
  },
})

/** Starts `wildcast up` with these lines. Returns its log so far. */
async function startRelay(port: number, lines: string): Promise<{ log(): string; stop(): void }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'wildcast-e2e-'))
  const config = path.join(folder, 'wildcast.toml')
  writeFileSync(config, `port = ${port}\n${lines}\n`)
  const child = spawn(process.execPath, [
    path.resolve(import.meta.dirname, '../relay/bin/wildcast.js'),
    'up',
    '-c',
    config,
  ])
  let log = ''
  child.stderr.on('data', (chunk) => {
    log += String(chunk)
  })
  await once(child.stdout, 'data')
  return { log: () => log, stop: () => void child.kill('SIGKILL') }
}

/** Serves an empty page under every name, on a port of its own. */
async function startPages(): Promise<{ port: number; stop(): void }> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>page'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as AddressInfo).port, stop: () => void server.close() }
}

/** The first frame that the relay sends to a WebSocket of the page, or how the socket ends. */
const webSocket = (page: Page, url: string): Promise<string> =>
  page.evaluate(
    (url) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url, 'wildcast.v1+json')
        socket.onopen = () => socket.send('{"Connect":{}}')
        socket.onmessage = ({ data }) => resolve(Object.keys(JSON.parse(data)).join())
        socket.onclose = ({ code }) => resolve(`closed ${code}`)
      }),
    url,
  )

/** Whether a request of the page is answered to it. */
const request = (page: Page, url: string, method: 'GET' | 'POST'): Promise<string> =>
  page.evaluate(
    ([url, method]) =>
      fetch(url, { method, credentials: 'include' }).then(
        ({ status }) => String(status),
        () => 'refused',
      ),
    [url, method] as const,
  )

test('a page of another site can not use the session of a user by cookie (cross-site WebSocket hijacking)', async ({
  browser,
}) => {
  const port = await freePort()
  const shop = `http://shop.example:${port}`
  const relay = await startRelay(
    port,
    `origins = ["${shop}"]
    static = "."
    brokers.main.type = "memory"
    [auth]
    cookie = "session"
    jwt.key = "${secret}"
    [roles.member]
    publish = ["news.*"]
    subscribe = ["news.*"]`,
  )
  const pages = await startPages()
  try {
    const token = await new SignJWT({ sub: 'ada', wildcast: { role: 'member' } })
      .setExpirationTime('1h')
      .setProtectedHeader({ alg: 'HS256' })
      .sign(Buffer.from(secret))
    const context = await browser.newContext()
    await context.addCookies([{ name: 'session', value: token, url: shop }])
    const page = await context.newPage()

    await page.goto(`${shop}/healthz`)
    expect(await webSocket(page, `${shop.replace('http', 'ws')}/ws`)).toBe('Welcome')
    expect(await request(page, `${shop}/publish/news.a`, 'POST')).toBe('202')

    // A sibling is of the same site: the browser sends the cookie. Another site is not.
    for (const host of ['evil.shop.example', 'evil.example']) {
      await page.goto(`http://${host}:${pages.port}/`)
      expect(await webSocket(page, `${shop.replace('http', 'ws')}/ws`)).toBe('closed 1006')
      expect(await webSocket(page, `${shop.replace('http', 'ws')}/subscribe/news.a`)).toBe('closed 1006')
      expect(await request(page, `${shop}/publish/news.a`, 'POST')).toBe('refused')
      expect(await request(page, `${shop}/stream`, 'POST')).toBe('refused')
      expect(relay.log()).toContain(`http://${host}:${pages.port}`)
    }
    expect(relay.log()).toContain(
      JSON.stringify(`origins = ["${shop}", "http://evil.example:${pages.port}"]`).slice(1, -1),
    )
    expect(relay.log()).not.toContain(token)
    await context.close()
  } finally {
    relay.stop()
    pages.stop()
  }
})

test('without "origins" pages of the own origin and of this machine may use the relay', async ({ page }) => {
  const port = await freePort()
  const relay = await startRelay(port, 'brokers.main.type = "memory"')
  const pages = await startPages()
  try {
    for (const [from, to, outcome] of [
      [`http://shop.example:${port}/healthz`, `shop.example:${port}`, 'Welcome'],
      [`http://localhost:${pages.port}/`, `localhost:${port}`, 'Welcome'],
      [`http://127.0.0.1:${pages.port}/`, `localhost:${port}`, 'Welcome'],
      [`http://shop.example:${pages.port}/`, `shop.example:${port}`, 'closed 1006'],
      [`http://evil.example:${pages.port}/`, `localhost:${port}`, 'closed 1006'],
      [`http://evil.example:${pages.port}/`, `shop.example:${port}`, 'closed 1006'],
    ] as const) {
      await page.goto(from)
      expect({ from, to, outcome: await webSocket(page, `ws://${to}/ws`) }).toEqual({ from, to, outcome })
    }
  } finally {
    relay.stop()
    pages.stop()
  }
})
