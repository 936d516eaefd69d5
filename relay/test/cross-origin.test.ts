import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { crossOrigin, http, serverSentEvents, websocket } from '../src/index.js'
import { startRelay } from './start-relay.js'

const shop = 'https://shop.example'
/** A browser may send it with the requests of any page. It has no effect. */
const cookie = 'session=of-the-user'

async function start(origins?: readonly string[]) {
  const { address } = await startRelay({
    gateways: [crossOrigin({ origins }), http, serverSentEvents, websocket({ mode: 'json' })],
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
  return { request, upgrade }
}

describe('pages of other origins (SP-GW-12)', () => {
  it('are allowed by default, without credentials (H18)', async () => {
    const { request, upgrade } = await start()
    const response = await request({ method: 'POST', origin: shop })
    const { headers } = response
    expect(response.status).toBe(202)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    expect(headers.get('access-control-expose-headers')).toBe('x-request-id')
    expect(await upgrade(shop)).toBe(101)
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
