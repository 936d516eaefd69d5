import { parsePattern } from '@wildcast/protocol'
import { describe, expect, it } from 'vitest'
import { type Credentials, everything, http, type Identity, serverSentEvents } from '../../src/index.js'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { dial } from '../raw-http.js'
import { connect } from '../socket.js'
import { startRelay } from '../start-relay.js'
import { type AuthRelay, authRelay, token } from './auth-relay.js'

describe('a ticket', () => {
  const ticketOf = ({ address }: AuthRelay, query: string, headers: Record<string, string>): Promise<Response> =>
    fetch(`http://${address}/ticket${query}`, { method: 'POST', headers })

  it('is worth no other ticket, so that it outlives neither its token nor a decision of the hook (P2)', async () => {
    const relay = await authRelay()
    const first = await ticketOf(relay, '', { authorization: `Bearer ${await token()}` })
    const { ticket } = (await first.json()) as { ticket: string }
    const second = await ticketOf(relay, `?ticket=${ticket}`, {})
    expect({ status: second.status, text: await second.text() }).toEqual({
      status: 401,
      text: 'unauthorized: a ticket is not valid here; send the token\n',
    })
  })
})

describe('an identity that has expired (P2)', () => {
  const clock = fakeClock()
  const expiring = (ms: number): Identity => ({ user: 'ada', claims: {}, expiresAt: clock.wall() + ms })

  it('does nothing over HTTP', async () => {
    const authenticate = async (): Promise<Identity> => expiring(-1)
    const { address } = await startRelay({ gateways: [http, serverSentEvents], clock, authenticate })
    const published = await fetch(`http://${address}/publish/a`, { method: 'POST', body: 'x' })
    const subscribed = await fetch(`http://${address}/subscribe/a`, { headers: { accept: 'text/event-stream' } })
    expect({ published: published.status, subscribed: subscribed.status }).toEqual({ published: 401, subscribed: 401 })
  })

  it('does nothing if it expires before the body has arrived', async () => {
    let isKnown = false
    const authenticate = async (): Promise<Identity> => {
      isKnown = true
      return expiring(1000)
    }
    const relay = await startRelay({ gateways: [http], clock, authenticate })
    const client = await dial(relay)
    client.write('POST /publish/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n1')
    await expect.poll(() => isKnown).toBe(true)
    clock.advance(2000)
    client.write('2')
    expect(await client.closed).toMatch(/^HTTP\/1\.1 401 /)
  })
})

describe('a client that floods', () => {
  it('has one "Authenticate" checked at once: others would take the place of clients that sign in', async () => {
    let calls = 0
    const authenticate = (): Promise<Identity> => (calls++ === 0 ? Promise.resolve(everything) : new Promise(() => {}))
    const { address } = await startRelay({ authenticate })
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
    socket.send('{"Connect":{}}')
    await socket.next()
    for (const ref of [1, 2]) socket.send(JSON.stringify({ Authenticate: { ref, token: 'x' } }))
    expect(await socket.json()).toMatchObject({ Error: { ref: 2, code: 'rate_limited', retry: true } })
    expect(calls).toBe(2)
  })

  it('in classic keeps nothing of subscriptions that were refused', async () => {
    const { address, relay } = await startRelay({ limits: { subscribes: 1 }, clock: fakeClock() })
    let arrived = 0
    const deliver = (): void => void arrived++
    await relay.inside.listen('test', { pattern: parsePattern('done') }, { deliver, ended: () => {} })
    const socket = await connect(`ws://${address}/ws`)
    for (let i = 0; i < 20; i++) {
      socket.send('{"Subscribe":"a"}')
      socket.send('{"Publish":{"message":[1],"subject":"done"}}')
      await Promise.race([socket.closed, expect.poll(() => arrived).toBe(i + 1)])
    }
    expect({ arrived, state: socket.ws.readyState }).toEqual({ arrived: 20, state: socket.ws.OPEN })
  })
})

describe('a client that is not known yet', () => {
  it.each(['', 'x'])('is refused if it sends thousands of messages, however short (H11): %j', async (text) => {
    const { address } = await startRelay({ authenticate: () => new Promise(() => {}), clock: fakeClock() })
    const socket = await connect(`ws://${address}/ws`, 'wildcast.v1+json')
    for (let i = 0; i < 5000; i++) socket.send(text)
    expect(await socket.json()).toMatchObject({ Error: { code: 'too_large' } })
  })
})

describe('a publish over HTTP that is refused', () => {
  it.each(['%FF', 'a..b', 'a/b'])('leaves no session: %s', async (path) => {
    const { address, relay } = await startRelay()
    const { status } = await fetch(`http://${address}/publish/${path}`, { method: 'POST', body: 'x' })
    expect({ status, sessions: relay.listSessions({ limit: 10 }).total }).toEqual({ status: 400, sessions: 0 })
  })
})

describe('a page of another origin', () => {
  it('gains nothing by a password that the browser adds to its requests (H18)', async () => {
    const seen: Credentials[] = []
    const authenticate = async (credentials: Credentials): Promise<Identity> => {
      seen.push(credentials)
      return everything
    }
    const { address } = await authRelay({}, { authenticate })
    const post = (origin: string, authorization: string): Promise<Response> =>
      fetch(`http://${address}/publish/a`, { method: 'POST', headers: { origin, authorization } })
    await post('http://localhost:1', 'Basic YWRhOng=')
    await post('http://localhost:1', 'Negotiate abc')
    await post('http://localhost:1', 'Bearer abc')
    await post(`http://${address}`, 'Basic YWRhOng=')
    expect(seen.map(({ token: shown, headers }) => [shown, headers.authorization])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      ['abc', 'Bearer abc'],
      ['Basic YWRhOng=', 'Basic YWRhOng='],
    ])
  })
})
