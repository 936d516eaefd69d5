import { describe, expect, it } from 'vitest'
import { fakeClock } from '../../src/testing/fake-clock.js'
import { connect, type Socket } from '../socket.js'
import { type AuthRelay, authRelay, expiredToken, secret as secretOfTests, token } from './auth-relay.js'

async function socketOf(relay: AuthRelay): Promise<Socket> {
  return connect(`ws://${relay.address}/ws`, 'wildcast.v1+json')
}

async function ask(socket: Socket, frame: object): Promise<Record<string, Record<string, unknown>>> {
  socket.send(JSON.stringify(frame))
  return (await socket.json()) as Record<string, Record<string, unknown>>
}

/** A client that has connected with a token. */
async function connected(relay: AuthRelay, claims: Parameters<typeof token>[0] = {}) {
  const socket = await socketOf(relay)
  const { Welcome } = await ask(socket, { Connect: { token: await token(claims) } })
  return { socket, session: Welcome?.session as string }
}

const subscribe = (subject: string): object => ({ Subscribe: { ref: 1, subject } })
const publish = (subject: string): object => ({ Publish: { ref: 2, subject, message: 'x' } })

describe('a client', () => {
  it('is refused in the same words whatever is wrong with its token (P10)', async () => {
    const relay = await authRelay()
    const answers = await Promise.all(
      ['', 'x', 'a.b.c', await token({ wildcast: { role: 'root' } })].map(async (wrong) => {
        const socket = await socketOf(relay)
        const answer = await ask(socket, { Connect: { token: wrong } })
        return { ...answer, close: (await socket.closed).code }
      }),
    )
    for (const answer of answers) {
      const message = 'these credentials are not valid; sign in again'
      expect(answer).toMatchObject({ Error: { code: 'unauthorized', message }, close: 4501 })
    }
  })

  it('is not acted on before its credentials are checked', async () => {
    const relay = await authRelay()
    const socket = await socketOf(relay)
    for (const frame of [{ Connect: { token: 'x' } }, publish('allowed.open.a')]) socket.send(JSON.stringify(frame))
    expect(await socket.json()).toMatchObject({ Error: { code: 'unauthorized' } })
    expect(socket.waiting).toEqual([])
    expect((await socket.closed).code).toBe(4501)
  })

  it('may send more behind Connect: it is acted on in order', async () => {
    const relay = await authRelay()
    const socket = await socketOf(relay)
    const frames = [{ Connect: { token: await token() } }, subscribe('allowed.open.*'), publish('allowed.open.a')]
    for (const frame of frames) socket.send(JSON.stringify(frame))
    expect(await socket.json()).toMatchObject({ Welcome: {} })
    expect(await socket.json()).toMatchObject({ Subscribed: { ref: 1 } })
    expect([await socket.json(), await socket.json()]).toContainEqual(
      expect.objectContaining({ Message: expect.objectContaining({ subject: 'allowed.open.a' }) }),
    )
  })

  it('that sends too much before it is known is refused (H11)', async () => {
    const relay = await authRelay()
    const socket = await socketOf(relay)
    socket.send(JSON.stringify({ Connect: { token: await token() } }))
    for (let i = 0; i < 5; i++) socket.send(JSON.stringify(publish(`allowed.${'a'.repeat(900)}`)).padEnd(20_000))
    expect(await socket.json()).toMatchObject({ Error: { code: 'too_large' } })
    expect((await socket.closed).code).toBe(4413)
  })

  it('that sends nothing is refused after 10 seconds (H11)', async () => {
    const clock = fakeClock()
    const relay = await authRelay({}, { clock })
    const socket = await socketOf(relay)
    await expect.poll(() => clock.timers).toBeGreaterThan(0)
    clock.advance(10_000)
    expect((await socket.closed).code).toBe(4501)
  })
})

describe('a token that expires', () => {
  const now = (): number => Math.floor(Date.now() / 1000)

  it('ends the session at its time and the leeway, and nothing more is delivered (P2)', async () => {
    const relay = await authRelay({ jwt: { key: secretOfTests, leewayMs: 0 } })
    const { socket } = await connected(relay, { exp: now() + 2 })
    expect(await ask(socket, subscribe('allowed.open.*'))).toMatchObject({ Subscribed: {} })
    expect(await socket.closed).toMatchObject({ code: 4440 })
  })

  it('is renewed on the live connection, which then lives longer', async () => {
    const relay = await authRelay({ jwt: { key: secretOfTests, leewayMs: 0 } })
    const { socket } = await connected(relay, { exp: now() + 2 })
    expect(await ask(socket, { Authenticate: { ref: 5, token: await token() } })).toMatchObject({ Ack: { ref: 5 } })
    const other = await connected(relay, { exp: now() + 2 })
    expect(await other.socket.closed).toMatchObject({ code: 4440 }) // so long the first one would have lived
    expect(await ask(socket, publish('allowed.a'))).toEqual({ Ack: { ref: 2 } })
  })

  it('is not replaced by a wrong one: the session continues as it was', async () => {
    const relay = await authRelay()
    const { socket } = await connected(relay)
    for (const wrong of ['x', await expiredToken(), await token({ sub: 'eve' })])
      expect(await ask(socket, { Authenticate: { ref: 5, token: wrong } })).toMatchObject({ Error: { ref: 5 } })
    expect(await ask(socket, publish('allowed.a'))).toEqual({ Ack: { ref: 2 } })
    expect(await ask(socket, publish('news.eve'))).toMatchObject({ Error: { code: 'forbidden' } })
  })

  it('is replaced by one with fewer rights: subscriptions beyond them end, with the reason (P3)', async () => {
    const relay = await authRelay()
    const { socket } = await connected(relay)
    const { Subscribed } = await ask(socket, subscribe('allowed.open.*'))
    await ask(socket, subscribe('news.*'))
    socket.send(JSON.stringify({ Authenticate: { ref: 5, token: await token({ wildcast: { role: 'guest' } }) } }))
    expect([await socket.json(), await socket.json()]).toEqual([
      { Unsubscribed: { id: Subscribed?.id, error: expect.objectContaining({ code: 'forbidden' }) } },
      { Ack: { ref: 5, expires_in: expect.any(Number) } },
    ])
    expect(await ask(socket, publish('allowed.a'))).toMatchObject({ Error: { code: 'forbidden' } })
  })
})

describe('a session', () => {
  async function back(relay: AuthRelay, session: string, claims: Parameters<typeof token>[0]) {
    const socket = await socketOf(relay)
    const answer = await ask(socket, { Connect: { token: await token(claims), session, received: 0 } })
    return { socket, answer }
  }

  it('is resumed by its own user only; it lives on when another tries (P8)', async () => {
    const relay = await authRelay()
    const { socket, session } = await connected(relay)
    const { answer } = await back(relay, session, { sub: 'eve' })
    expect(answer).toMatchObject({ Error: { code: 'unauthorized' } })
    expect(await ask(socket, publish('allowed.a'))).toEqual({ Ack: { ref: 2 } })
    expect((await back(relay, session, {})).answer).toMatchObject({ Welcome: { resumed: true } })
    expect((await socket.closed).code).toBe(4509)
  })

  it('that is resumed has the rights of the newer token', async () => {
    const relay = await authRelay()
    const { socket, session } = await connected(relay)
    await ask(socket, subscribe('allowed.open.*'))
    socket.ws.terminate()
    const again = await back(relay, session, { wildcast: { role: 'guest' } })
    expect(again.answer).toMatchObject({ Welcome: { resumed: true } })
    const frames: unknown[] = []
    while (!frames.some((frame) => JSON.stringify(frame).includes('Unsubscribed')))
      frames.push(await again.socket.json())
    expect(await ask(again.socket, publish('allowed.a'))).toMatchObject({ Error: { code: 'forbidden' } })
  })

  it('of a user is ended by an operator, and can not be resumed (P4)', async () => {
    const relay = await authRelay()
    const [ada, eve] = [await connected(relay), await connected(relay, { sub: 'eve' })]
    expect(relay.relay.disconnect('ada')).toBe(1)
    expect(await ada.socket.closed).toMatchObject({ code: 4501 })
    expect((await back(relay, ada.session, {})).answer).toMatchObject({ Welcome: { resumed: false } })
    expect(await ask(eve.socket, publish('allowed.a'))).toEqual({ Ack: { ref: 2 } })
  })
})

describe('CanI', () => {
  it('answers whether an action is allowed now', async () => {
    const { socket } = await connected(await authRelay())
    const can = async (action: string, subject: string): Promise<unknown> =>
      (await ask(socket, { CanI: { ref: 9, action, subject } })).Ack
    expect(await can('publish', 'allowed.a')).toEqual({ ref: 9, allowed: true })
    expect(await can('publish', 'allowed.secret.a')).toEqual({ ref: 9, allowed: false })
    expect(await can('subscribe', '**')).toEqual({ ref: 9, allowed: false })
    expect(await can('publish', 'a..b')).toMatchObject({ allowed: false, why: expect.stringContaining('not a valid') })
  })

  it('names the rule if the relay explains', async () => {
    const { socket } = await connected(await authRelay({}, { explain: true }))
    const answer = await ask(socket, { CanI: { ref: 9, action: 'publish', subject: 'allowed.secret.a' } })
    const why = 'deny.publish "allowed.secret.**" of role "member" forbids it'
    expect(answer).toEqual({ Ack: { ref: 9, allowed: false, why } })
  })

  it('is always yes on a relay without authentication', async () => {
    const relay = await authRelay({}, { authenticate: undefined })
    const socket = await socketOf(relay)
    expect(await ask(socket, { CanI: { ref: 9, action: 'publish', subject: 'a' } })).toEqual({
      Ack: { ref: 9, allowed: true },
    })
  })
})
