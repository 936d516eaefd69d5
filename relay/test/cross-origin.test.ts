import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import {
  crossOrigin,
  everything,
  http,
  type RelayServerOptions,
  serverSentEvents,
  streamEndpoint,
  websocket,
} from '../src/index.js'
import { answerTo, firstAnswerTo, handshake } from './raw-http.js'
import { startRelay } from './start-relay.js'

const shop = 'https://shop.example'
const v1 = { 'Sec-WebSocket-Protocol': 'wildcast.v1+json' }
/** A browser may send it with the requests of any page. It has no effect. */
const cookie = 'session=of-the-user'

async function start(origins?: readonly string[], options: Partial<RelayServerOptions> = {}) {
  const { address, errors } = await startRelay({
    gateways: [crossOrigin({ origins }), http, streamEndpoint, serverSentEvents, websocket({ mode: 'json' })],
    ...options,
  })
  const request = (init: RequestInit & { readonly origin?: string }, path = '/publish/a'): Promise<Response> =>
    fetch(`http://${address}${path}`, {
      ...init,
      headers: { cookie, ...init.headers, ...(init.origin && { origin: init.origin }) },
    })
  const upgrade = async (origin: string | undefined, path = '/ws'): Promise<number> => {
    const ws = new WebSocket(`ws://${address}${path}`, { headers: { cookie }, ...(origin !== undefined && { origin }) })
    const status = await Promise.race([
      once(ws, 'open').then(() => 101),
      once(ws, 'unexpected-response').then(([, { statusCode }]) => statusCode as number),
    ])
    ws.on('error', () => {}).terminate()
    return status
  }
  return { address, errors, request, upgrade }
}

describe('pages of other origins (SP-GW-12)', () => {
  it('are allowed by "*", without credentials (H18)', async () => {
    const { request, upgrade } = await start(['*'])
    const response = await request({ method: 'POST', origin: shop })
    const { headers } = response
    expect(response.status).toBe(202)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(headers.get('access-control-expose-headers')).toMatch(/^etag,x-request-id,Stream-Next-Offset,/)
    expect({ shop: await upgrade(shop), file: await upgrade('null') }).toEqual({ shop: 101, file: 101 })
  })

  it.each([
    ['http://shop.example', 'shop.example', 202],
    ['https://shop.example', 'shop.example:443', 202], // a proxy may have ended TLS
    ['http://shop.example:3015', 'SHOP.example:3015', 202],
    ['http://shop.example:3015', 'shop.example', 403],
    ['http://evil.example', 'shop.example', 403],
    ['http://shop.example.evil.example', 'shop.example', 403],
    ['null', 'shop.example', 403],
    ['not an origin', 'shop.example', 403],
    ['http://localhost:5173', 'localhost:3015', 202],
    ['https://[::1]:5173', '127.0.0.1:3015', 202],
    ['http://app.localhost', '[::1]:3015', 202],
    ['http://localhost.evil.example', 'localhost:3015', 403],
    ['http://evil.example', 'localhost:3015', 403],
    ['http://127.0.0.1.evil.example', '127.0.0.1', 403],
    ['http://localhost:5173', 'shop.example', 403],
  ])('%s may by default use the relay on %s: %i (H2)', async (origin, host, status) => {
    const relay = await startRelay({ gateways: [crossOrigin(), http, websocket()] })
    const headers = [`Origin: ${origin}`, 'Content-Length: 0', 'Connection: close']
    const posted = await answerTo(
      relay,
      `POST /publish/a HTTP/1.1\r\n${[`Host: ${host}`, ...headers].join('\r\n')}\r\n\r\n`,
    )
    expect(posted).toMatch(`HTTP/1.1 ${status} `)
    const upgraded = await firstAnswerTo(relay, handshake('GET /ws', { ...v1, Host: host, Origin: origin }))
    expect(upgraded).toMatch(`HTTP/1.1 ${status === 202 ? 101 : 403} `)
  })

  it('are refused alike by every gateway, with one kind of line in the log, which names the remedy (H2)', async () => {
    const { request, upgrade, errors } = await start()
    const stream = { method: 'POST', origin: shop, body: '{"Connect":{}}' }
    const statuses = [
      await upgrade(shop),
      await upgrade(shop, '/subscribe/a'),
      (await request({ origin: shop, headers: { accept: 'text/event-stream' } }, '/subscribe/a')).status,
      (await request(stream, '/stream')).status,
      (await request({ ...stream, headers: { accept: 'application/x-ndjson' } }, '/stream')).status,
      (await request({ origin: shop }, '/stream/frames')).status,
      (await request({ method: 'POST', origin: shop })).status,
    ]
    expect(statuses).toEqual(statuses.map(() => 403))
    expect([...new Set(errors)]).toEqual([
      JSON.stringify({
        stage: 'origin',
        code: 'forbidden',
        message: `pages from "${shop}" may not use this relay; to allow them, write: origins = ["${shop}"]`,
      }),
    ])
  })

  it('are named in the log beside those of the list, and never with more than 200 characters (L12)', async () => {
    const { upgrade, errors } = await start([shop])
    await upgrade('https://other.example')
    await upgrade(`https://${'x'.repeat(4000)}.example`)
    expect(errors[0]).toContain(JSON.stringify(`origins = ["${shop}", "https://other.example"]`).slice(1, -1))
    expect(errors[1]?.length).toBeLessThan(500)
  })

  it('get the allowed methods and headers before they publish (H18)', async () => {
    const { request } = await start([shop])
    const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-request-id' }
    const { status, headers } = await request({ method: 'OPTIONS', origin: shop, headers: preflight })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe(shop)
    expect(headers.get('vary')).toBe('Origin, Access-Control-Request-Headers')
    expect(headers.get('access-control-allow-methods')).toContain('POST')
    const refused = await request({ method: 'OPTIONS', origin: 'https://evil.example', headers: preflight })
    expect(refused.status).toBe(403)
    expect(refused.headers.get('access-control-allow-origin')).toBeNull()
  })

  it.each([
    'https://shop.example.evil.test',
    'https://shop.example@evil.test',
    'https://SHOP.example',
    'https://shop.example.',
    'https://shop.example:8443',
    'http://shop.example',
    'null',
  ])('are refused if they are not in the list: %s (H2, H3)', async (origin) => {
    const { request, upgrade } = await start([shop])
    const response = await request({ method: 'POST', origin })
    expect(response.status).toBe(403)
    expect(await response.text()).toMatch(/^forbidden: .*"origins"\n$/)
    expect((await request({ origin, headers: { accept: 'text/event-stream' } }, '/subscribe/a')).status).toBe(403)
    for (const path of ['/ws', '/subscribe/a']) expect(await upgrade(origin, path)).toBe(403)
  })

  it('of the list are allowed, and so are clients that are not browsers (H2)', async () => {
    const { request, upgrade } = await start([shop])
    expect((await request({ method: 'POST', origin: shop })).headers.get('access-control-allow-origin')).toBe(shop)
    expect((await request({ method: 'POST' })).status).toBe(202)
    expect({ shop: await upgrade(shop), other: await upgrade(undefined) }).toEqual({ shop: 101, other: 101 })
  })
})

describe('cookies', () => {
  /** Whether the relay's authentication sees the cookie of a handshake. */
  async function counts(origins: readonly string[] | undefined, headers: Readonly<Record<string, string>>) {
    const seen: unknown[] = []
    const { address } = await start(origins, {
      authenticate: async (given) => {
        seen.push(given.headers.cookie)
        return everything
      },
    })
    const line = `http://${address}/publish/a`
    await fetch(line, { method: 'POST', headers: { cookie, ...headers } })
    await once(new WebSocket(`ws://${address}/ws`, { headers: { cookie, ...headers } }), 'open')
    return seen
  }

  it.each([
    ['of a listed origin', [shop], { origin: shop }],
    ['of no browser', [shop], {}],
    ['of the own page, without an origin', undefined, { 'sec-fetch-site': 'same-origin' }],
  ])('count: %s (H3)', async (_, origins, headers) => {
    expect(await counts(origins, headers)).toEqual([cookie, cookie])
  })

  it.each([
    ['of any page, if all are allowed', ['*'], { origin: shop }],
    ['of another port of this machine', undefined, { origin: 'http://localhost:1' }],
    ['of another site, without an origin', [shop], { 'sec-fetch-site': 'cross-site' }],
    ['of a sibling, without an origin', [shop], { 'sec-fetch-site': 'same-site' }],
  ])('do not count: %s (H3)', async (_, origins, headers) => {
    expect(await counts(origins, headers)).toEqual([undefined, undefined])
  })

  it('are accepted from listed pages by name, and never from all (H18)', async () => {
    const { request } = await start([shop, '*'])
    const listed = (await request({ method: 'POST', origin: shop })).headers
    expect(listed.get('access-control-allow-origin')).toBe(shop)
    expect(listed.get('access-control-allow-credentials')).toBe('true')
    const other = (await request({ method: 'POST', origin: 'https://other.example' })).headers
    expect(other.get('access-control-allow-origin')).toBe('*')
    expect(other.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('a request', () => {
  it('has an id: that of the client, or a new one (H20)', async () => {
    const { request } = await start()
    const idOf = async (own?: string): Promise<string | null> =>
      (await request({ method: 'POST', headers: own ? { 'x-request-id': own } : {} })).headers.get('x-request-id')
    expect(await idOf('abc-123')).toBe('abc-123')
    expect(await idOf()).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
    for (const bad of ['a b', 'x'.repeat(65)]) expect(await idOf(bad)).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  })
})
