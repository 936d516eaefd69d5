import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { http, httpRequest, serverSentEvents, streamEndpoint, websocket } from '../src/index.js'
import { fakeClock } from '../src/testing/fake-clock.js'
import { authRelay, token } from './auth/auth-relay.js'
import { bystander } from './bystander.js'
import { eventSource } from './event-source.js'
import { answerTo } from './raw-http.js'
import { connect } from './socket.js'
import { type StartedRelay, startRelay } from './start-relay.js'
import { ask, client } from './v1-client.js'

const gateways = [http, serverSentEvents, streamEndpoint, websocket(), httpRequest({ form: 'json', timeoutMs: 60_000 })]

/** Tries a handshake. Resolves with 101, or the status and the seconds to wait. */
async function handshake({ address }: StartedRelay): Promise<{ status: number; retryAfter?: string | undefined }> {
  const ws = new WebSocket(`ws://${address}/ws`, 'wildcast.v1+json')
  ws.on('error', () => {})
  return Promise.race([
    once(ws, 'open').then(() => ({ status: 101 })),
    once(ws, 'unexpected-response').then(([, response]) => ({
      status: response.statusCode,
      retryAfter: response.headers['retry-after'],
    })),
  ])
}

const open = (relay: StartedRelay): Promise<Response> =>
  fetch(`http://${relay.address}/stream`, {
    method: 'POST',
    headers: { accept: 'application/x-ndjson' },
    body: '{"Connect":{}}',
  })

describe('connections beyond a limit', () => {
  it('of an address get 429 before the upgrade, and others are not affected (L8)', async () => {
    const relay = await startRelay({ gateways, limits: { addressConnections: 10 } })
    const notices = await bystander(relay)
    const tries = await Promise.all(Array.from({ length: 1000 }, () => handshake(relay)))
    expect(tries.filter(({ status }) => status === 101)).toHaveLength(9)
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(991)
    expect(tries.at(-1)).toEqual({ status: 429, retryAfter: '5' })
    await notices()
  })

  it('of the relay get 503 before the upgrade (L8)', async () => {
    const relay = await startRelay({ gateways, limits: { connections: 1 } })
    const notices = await bystander(relay)
    expect(await handshake(relay)).toEqual({ status: 503, retryAfter: '5' })
    await notices()
  })

  it('come at a limited rate, of which each second brings new ones (L8)', async () => {
    const clock = fakeClock()
    const relay = await startRelay({ gateways, clock, limits: { addressHandshakes: 50 } })
    const tries = await Promise.all(Array.from({ length: 200 }, () => handshake(relay)))
    expect(tries.filter(({ status }) => status === 101)).toHaveLength(50)
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(150)
    clock.advance(1000)
    expect(await handshake(relay)).toEqual({ status: 101 })
  })

  it('count whatever they are: WebSockets, event streams, clients that poll, pending requests', async () => {
    const relay = await startRelay({ gateways, limits: { addressConnections: 4 } })
    const socket = await client(relay)
    const { leave } = await eventSource(`http://${relay.address}/subscribe/a`)
    const polled = (await (await open(relay)).json()) as { Welcome: { session: string } }
    await ask(socket, { Subscribe: { ref: 1, subject: 'request.**' } })
    const pending = fetch(`http://${relay.address}/request/x`)
    const { Message: request } = (await socket.json()) as { Message: { response_subject: string } }
    const full = async (): Promise<number> => (await open(relay)).status
    expect({ stream: await full(), socket: (await handshake(relay)).status }).toEqual({ stream: 429, socket: 429 })
    const events = await eventSource(`http://${relay.address}/subscribe/a`)
    expect(events.response.status).toBe(429)
    expect((await fetch(`http://${relay.address}/request/x`)).status).toBe(429)

    // Each makes room when it ends.
    socket.say({ Publish: { subject: request.response_subject, message: '{"status":204,"headers":{},"body":[]}' } })
    expect((await pending).status).toBe(204)
    await expect.poll(full).toBe(200)
    leave()
    await expect.poll(full).toBe(200)
    const { session } = polled.Welcome
    await fetch(`http://${relay.address}/stream`, {
      method: 'DELETE',
      headers: { authorization: `Session ${session}` },
    })
    await expect.poll(full).toBe(200)
    socket.ws.terminate()
    await expect.poll(full).toBe(200)
    expect(await full()).toBe(429)
  })

  it('do not count after a handshake that fails', async () => {
    const relay = await authRelay({}, { limits: { connections: 1 } })
    const withoutKey =
      'GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Protocol: wildcast.v1+json\r\n\r\n'
    for (let i = 0; i < 5; i++) {
      await expect(connect(`ws://${relay.address}/subscribe/a`)).rejects.toThrow('401')
      expect(await answerTo(relay, withoutKey)).toContain('HTTP/1.1 400 ')
      expect((await fetch(`http://${relay.address}/stream`, { method: 'POST', body: 'no frame' })).status).toBe(401)
      expect((await fetch(`http://${relay.address}/request/x`)).status).toBe(401)
    }
    expect(await handshake(relay)).toEqual({ status: 101 })
  })

  it('of a user are refused at the handshake if its token is in a header, else by the close code', async () => {
    const relay = await authRelay({}, { limits: { userConnections: 1 } })
    const headers = { authorization: `Bearer ${await token()}` }
    const first = await connect(`ws://${relay.address}/subscribe/allowed.a`, undefined, { headers })
    await expect(connect(`ws://${relay.address}/subscribe/allowed.a`, undefined, { headers })).rejects.toThrow('429')
    const socket = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
    const connectFrame = { Connect: { token: await token() } }
    expect(await ask(socket, connectFrame)).toMatchObject({ Error: { code: 'rate_limited', retry: true } })
    expect((await socket.closed).code).toBe(4429)
    first.ws.terminate()
    await expect
      .poll(async () => {
        const again = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
        return ask(again, connectFrame)
      })
      .toMatchObject({ Welcome: {} })
  })
})

it('a client that sends no credentials is closed at its deadline', async () => {
  const clock = fakeClock()
  const relay = await authRelay({}, { clock, limits: { entryMs: 2000 } })
  const silent = await connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
  await expect.poll(() => clock.timers).toBeGreaterThan(1)
  clock.advance(2000)
  expect(await silent.json()).toMatchObject({ Error: { code: 'unauthorized' } })
  expect((await silent.closed).code).toBe(4501)
})

it('a silent client is pinged 10 s before the configured deadline', async () => {
  const clock = fakeClock()
  const relay = await startRelay({ clock, limits: { idleMs: 60_000 } })
  const socket = await client(relay)
  expect(await ask(socket, { Connect: {} })).toMatchObject({ Welcome: { ping: 50_000 } })
})
