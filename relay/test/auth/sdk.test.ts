import {
  type Client,
  type ClientOptions,
  createClient,
  type TokenFunction,
  type TokenReason,
  type WildcastError,
} from '@wildcast/client'
import { msgpack } from '@wildcast/client/msgpack'
import { stream } from '@wildcast/client/stream'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocket } from 'ws'
import { health, http, streamEndpoint } from '../../src/index.js'
import { type FakeClock, fakeClock } from '../../src/testing/fake-clock.js'
import { startRelay } from '../start-relay.js'
import { type AuthRelay, authRelay, secret, token } from './auth-relay.js'

// The SDK with the relay, over real sockets and with a clock that a test advances.

/** A token ends its session after these seconds, in place of minutes. */
const lifeSeconds = 12

interface Signed {
  readonly client: Client
  readonly errors: WildcastError[]
  /** Why the client has requested a token. */
  readonly reasons: TokenReason[]
}

/** Starts a relay that ends sessions exactly when their token expires. */
async function start(): Promise<AuthRelay & { readonly clock: FakeClock }> {
  const clock = fakeClock()
  return { ...(await authRelay({ jwt: { key: secret, leewayMs: 0 } }, { clock })), clock }
}

const freshToken = (clock: FakeClock, sub = 'ada'): Promise<string> =>
  token({ sub, exp: Math.ceil(clock.wall() / 1000) + lifeSeconds })

/** A client of that relay. By default each of its tokens is new. */
function sign(
  { address, clock }: AuthRelay & { readonly clock: FakeClock },
  road: Partial<ClientOptions>,
  give: TokenFunction = () => freshToken(clock),
): Signed {
  const errors: WildcastError[] = []
  const reasons: TokenReason[] = []
  const client = createClient({
    url: `ws://${address}`,
    WebSocket,
    clock: { now: clock.wall, random: clock.random, after: clock.after },
    onError: (error) => errors.push(error),
    token(request) {
      reasons.push(request.reason)
      return give(request)
    },
    ...road,
  })
  onTestFinished(() => client.close())
  return { client, errors, reasons }
}

const until = (check: () => void | Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 60_000 })
const untilOnline = ({ client }: Signed): Promise<void> => until(() => expect(client.status.state).toBe('online'))
const untilClosed = ({ client }: Signed): Promise<void> => until(() => expect(client.status.state).toBe('closed'))

const roads: [string, Partial<ClientOptions>][] = [
  ['a WebSocket with JSON', {}],
  ['a WebSocket with MessagePack', { codec: msgpack }],
  ['plain HTTP', { transport: stream }],
]

describe.each(roads)('over %s', (_, road) => {
  it('a token that expires is renewed, and neither publisher nor subscriber notices it (P2)', async () => {
    const relay = await start()
    const signed = sign(relay, road)
    const { client, errors, reasons } = signed
    const received: unknown[] = []
    const changes: string[] = []
    await new Promise<void>((resolve) => {
      client.subscribe('allowed.a', ({ data }) => received.push(data), {
        onStatus: (status) => status === 'ready' && resolve(),
        onGap: () => changes.push('gap'),
      })
    })
    client.onStatus(({ state }) => changes.push(state))
    const renewed = new Promise<void>((resolve) => client.onAccess(resolve))
    relay.clock.advance(lifeSeconds * 750)
    await renewed
    relay.clock.advance(lifeSeconds * 250 + 1000) // the first token has expired
    expect(await client.publish('allowed.a', 'after')).toBe('confirmed')
    await until(() => expect(received).toEqual(['after']))
    expect({ changes, errors, reasons }).toEqual({ changes: [], errors: [], reasons: ['connect', 'expiring'] })
  })

  it('a client whose token has expired comes back with another one', async () => {
    const relay = await start()
    const signed = sign(relay, road, ({ reason }) => {
      if (reason === 'expiring') throw new Error('the login server is away')
      return freshToken(relay.clock)
    })
    const { client, reasons } = signed
    await untilOnline(signed)
    relay.clock.advance(lifeSeconds * 1000)
    await until(() => expect(reasons).toContain('refused'))
    await untilOnline(signed)
    expect(await client.publish('allowed.a', 1)).toBe('confirmed')
  })

  it('an expired token is replaced at the connect', async () => {
    const relay = await start()
    relay.clock.advance(60_000)
    const signed = sign(relay, road, ({ reason }) =>
      reason === 'connect' ? token({ exp: 30 }) : freshToken(relay.clock),
    )
    await untilOnline(signed)
    expect(signed.reasons).toEqual(['connect', 'refused'])
    expect(signed.errors).toEqual([])
  })

  it.each<[string, (expired: string) => Partial<ClientOptions>, TokenReason[]]>([
    ['a text', (expired) => ({ token: expired }), []],
    ['a function that has no other', () => ({}), ['connect', 'refused']],
  ])(
    'a token that is expired at the start closes the client, which does not try again: %s',
    async (_, option, asked) => {
      const relay = await start()
      relay.clock.advance(60_000)
      let count = 0
      const expired = await token({ exp: 30 })
      const signed = sign(relay, { ...road, ...option(expired) }, async () => token({ exp: 30, sub: `user${count++}` }))
      await untilClosed(signed)
      expect(signed.client.status).toMatchObject({ reason: { code: 'token_expired' } })
      relay.clock.advance(600_000)
      expect({ codes: signed.errors.map(({ code }) => code), reasons: signed.reasons }).toEqual({
        codes: ['token_expired'],
        reasons: asked,
      })
    },
  )

  it.each<[string, Partial<ClientOptions>, TokenReason[]]>([
    ['a text', { token: 'no.such.token' }, []],
    ['a function', {}, ['connect', 'refused']],
  ])('a token that is not valid closes the client with the reason: %s (P1)', async (_, option, expected) => {
    const relay = await start()
    let count = 0
    const signed = sign(relay, { ...road, ...option }, () => `bad.token.${count++}`)
    await untilClosed(signed)
    const { client, errors, reasons } = signed
    expect(client.status).toMatchObject({
      reason: { code: 'unauthorized', message: expect.not.stringMatching(/bad|such/) },
    })
    expect(errors.map(({ code }) => code)).toEqual(['unauthorized'])
    expect(reasons).toEqual(expected)
    await expect(client.publish('allowed.a')).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('a user whose sessions an operator ends sees why, and only reconnect() comes back (P4)', async () => {
    const relay = await start()
    const only = await freshToken(relay.clock)
    const signed = sign(relay, road, () => only)
    const { client, errors } = signed
    await untilOnline(signed)
    expect(relay.relay.disconnect('ada')).toBe(1)
    await untilClosed(signed)
    const message = 'an operator has ended the sessions of this user'
    expect(client.status).toMatchObject({ reason: { code: 'unauthorized', message } })
    expect(errors.map((error) => error.message)).toEqual([message])
    client.reconnect()
    await untilOnline(signed)
  })

  it('a renewal with the token of another user is refused, and the session continues (P3)', async () => {
    const relay = await start()
    const signed = sign(relay, road, ({ reason }) => freshToken(relay.clock, reason === 'expiring' ? 'bob' : 'ada'))
    const { client, errors } = signed
    await untilOnline(signed)
    relay.clock.advance(lifeSeconds * 750)
    await until(() => expect(errors).toMatchObject([{ code: 'unauthorized' }]))
    expect(client.welcome?.user).toBe('ada')
    expect(await client.publish('news.ada')).toBe('confirmed')
    await expect(client.publish('news.bob')).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('a client knows what it may do, also after a renewal', async () => {
    const relay = await start()
    let role = 'member'
    const signed = sign(relay, road, async () =>
      token({ exp: Math.ceil(relay.clock.wall() / 1000) + lifeSeconds, wildcast: { role } }),
    )
    const { client } = signed
    const ask = (): Promise<boolean[]> =>
      Promise.all([
        client.can('publish', 'news.ada'),
        client.can('publish', 'news.bob'),
        client.can('subscribe', 'news.*'),
        client.can('serve', 'allowed.sum', { broker: 'test' }),
        client.can('publish', 'news.ada', { broker: 'none' }),
      ])
    expect(await ask()).toEqual([true, false, true, true, false])
    role = 'guest'
    const renewed = new Promise<void>((resolve) => client.onAccess(resolve))
    relay.clock.advance(lifeSeconds * 750)
    await renewed
    expect(await ask()).toEqual([false, false, true, false, false])
  })
})

it('a relay without authentication allows everything', async () => {
  const { address } = await startRelay()
  const client = createClient({ url: `ws://${address}`, WebSocket })
  onTestFinished(() => client.close())
  expect(await client.can('publish', 'anything')).toBe(true)
})

it('a refusal over HTTP is the reason also if no WebSocket can connect', async () => {
  const relay = await authRelay({}, { gateways: [http, health, streamEndpoint] })
  const errors: string[] = []
  const client = createClient({
    url: `ws://${relay.address}`,
    WebSocket,
    token: 'no.such.token',
    onError: ({ message }) => errors.push(message),
  })
  onTestFinished(() => client.close())
  await until(() => expect(client.status).toMatchObject({ state: 'closed', reason: { code: 'unauthorized' } }))
  expect(errors).toHaveLength(1)
  expect(errors[0]).not.toContain('WebSocket')
})
