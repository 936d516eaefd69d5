import { describe, expect, test } from 'vitest'
import { started, type Tested, type TestedOptions, tested, timed } from '../testing/tested.js'
import type { TokenReason } from './token-source.js'

/** A token function that records its reasons and returns a new token at each call. */
function counting() {
  const reasons: TokenReason[] = []
  const token = async ({ reason }: { reason: TokenReason }): Promise<string> => `token ${reasons.push(reason)}`
  return { token, reasons }
}

/** The tokens of Ada, which live so long. */
function expiring(expiresInMs: number | undefined, names = ['token 1', 'token 2', 'token 3', 'fixed']): TestedOptions {
  const ada = { user: 'ada', subscribe: ['**'], publish: ['**'], expiresInMs }
  return { auth: { tokens: Object.fromEntries(names.map((name) => [name, ada])) } }
}

/** The tokens that clients have sent, in order. */
const shown = ({ relay }: Pick<Tested, 'relay'>): unknown[] => [
  ...relay.frames('Connect').map(({ token }) => token),
  ...relay.frames('Authenticate').map(({ token }) => token),
]

describe('a token that expires', () => {
  test('is renewed on the live connection two minutes before its end, again and again', async () => {
    const { token, reasons } = counting()
    const one = await tested({ ...expiring(3_600_000), client: { token } })
    let calls = 0
    one.client.onAccess(() => calls++)
    await one.clock.advance(3_479_999)
    expect(reasons).toEqual(['connect'])
    await one.clock.advance(1)
    expect(shown(one)).toEqual(['token 1', 'token 2'])
    await one.clock.advance(3_480_000)
    expect(shown(one)).toEqual(['token 1', 'token 2', 'token 3'])
    expect({ reasons, calls }).toEqual({ reasons: ['connect', 'expiring', 'expiring'], calls: 2 })
  })
  test('that lives shortly is renewed when a quarter of its time is left', async () => {
    const { token, reasons } = counting()
    const one = await tested({ ...expiring(60_000), client: { token } })
    await one.clock.advance(44_999)
    expect(reasons).toEqual(['connect'])
    await one.clock.advance(1)
    expect(reasons).toEqual(['connect', 'expiring'])
    await one.clock.advance(30_000)
    expect({ state: one.client.status.state, connects: one.relay.frames('Connect').length }).toEqual({
      state: 'online',
      connects: 1,
    })
  })
  test('is requested a few times more if that fails or the app has no newer one', async () => {
    const reasons: TokenReason[] = []
    const token = ({ reason }: { reason: TokenReason }): string => {
      reasons.push(reason)
      if (reasons.length === 2) throw new Error('offline')
      return 'fixed'
    }
    const { clock, errors } = await tested({ ...expiring(120_000), client: { token } })
    await clock.advance(119_999)
    expect(reasons).toEqual(['connect', 'expiring', 'expiring', 'expiring', 'expiring'])
    expect(errors.slice(0, 1)).toEqual([{ code: 'internal', stage: 'token', message: 'offline' }])
  })
  test('is not renewed if it is a text, nor at a relay that names no time', async () => {
    const fixed = await tested({ ...expiring(60_000), client: { token: 'fixed' } })
    await fixed.clock.advance(59_999)
    expect(shown(fixed)).toEqual(['fixed'])
    const { token, reasons } = counting()
    const timeless = await tested({ ...expiring(undefined), client: { token } })
    await timeless.clock.advance(600_000)
    expect(reasons).toEqual(['connect'])
  })
  test('of a year sets no timer that is longer than a browser allows', async () => {
    const one = await timed({ ...expiring(365 * 86_400_000), client: { token: counting().token } })
    await one.relay.settled()
    expect(one.own.longestMs).toBe(2 ** 31 - 1)
  })
  test('is not renewed while the connection is lost: the next attempt gets a new one', async () => {
    const { token, reasons } = counting()
    const one = await tested({ ...expiring(60_000), client: { token } })
    one.relay.cut({ forMs: 50_000 })
    await one.clock.advance(49_000)
    expect(reasons).not.toContain('expiring')
  })
  test('that is refused as a renewal is reported, and the session continues', async () => {
    const { token } = counting()
    const options = expiring(60_000, ['token 1'])
    const auth = { tokens: { ...options.auth?.tokens, 'token 2': { user: 'bob' } } }
    const { client, relay, clock, errors } = await tested({ auth, client: { token } })
    await clock.advance(45_000)
    expect(errors).toEqual([{ code: 'unauthorized', stage: 'token', message: expect.stringMatching(/user/) }])
    expect(client.status.state).toBe('online')
    expect(relay.frames('Connect')).toHaveLength(1)
  })
  test('allows a subscription that was denied before', async () => {
    const { token } = counting()
    const auth = {
      tokens: {
        'token 1': { user: 'ada', subscribe: [], expiresInMs: 60_000 },
        'token 2': { user: 'ada', subscribe: ['room.*'] },
      },
    }
    const { client, clock } = await tested({ auth, client: { token } })
    const statuses: string[] = []
    client.subscribe('room.1', () => {}, { onStatus: (status) => statuses.push(status), onError: () => {} })
    await clock.advance(40_000)
    expect(statuses.at(-1)).toBe('denied')
    await clock.advance(5_000)
    expect(statuses.at(-1)).toBe('ready')
  })
})

describe('a token that the relay refuses', () => {
  test('on a live connection, since it is expired, is replaced at once, and the session resumes', async () => {
    const { token, reasons } = counting()
    const { client, relay, errors } = await tested({ ...expiring(undefined), client: { token } })
    const statuses: unknown[] = []
    client.onStatus((now) => statuses.push([now.state, 'reason' in now ? now.reason?.code : undefined]))
    relay.expire('token 1')
    await relay.settled()
    expect(statuses).toEqual([
      ['connecting', 'token_expired'],
      ['online', undefined],
    ])
    expect(relay.frames('Connect')).toMatchObject([
      { token: 'token 1' },
      { token: 'token 2', session: expect.any(String) },
    ])
    expect({ reasons, errors }).toEqual({ reasons: ['connect', 'refused'], errors: [] })
  })
  test('at the connect is replaced once; the second refusal is final and reported once', async () => {
    const { token, reasons } = counting()
    const { client, clock, errors } = await started({ auth: { tokens: {} }, client: { token } })
    await clock.advance(60_000)
    expect(client.status).toMatchObject({ state: 'closed', reason: { code: 'unauthorized' } })
    expect(reasons).toEqual(['connect', 'refused'])
    expect(errors).toMatchObject([{ code: 'unauthorized', stage: 'transport' }])
  })
  test('and that the app returns again is final, with the reason of the relay', async () => {
    const { client, relay, errors } = await tested({ ...expiring(undefined), client: { token: async () => 'fixed' } })
    relay.expire('fixed')
    await relay.settled()
    expect(relay.frames('Connect')).toHaveLength(1)
    const reason = { code: 'token_expired', message: 'the token has expired; connect with a new one' }
    expect(client.status).toMatchObject({ state: 'closed', reason })
    expect(errors).toEqual([{ ...reason, stage: 'transport' }])
  })
  test('and that is a text is final; reconnect() tries it again', async () => {
    const { client, relay, errors } = await tested({ ...expiring(undefined), client: { token: 'fixed' } })
    relay.expire('fixed')
    await relay.settled()
    expect(client.status.state).toBe('closed')
    expect(errors).toHaveLength(1)
    client.reconnect()
    await relay.settled()
    expect(shown({ relay })).toEqual(['fixed', 'fixed'])
  })
  test('is replaced again in a later connection, but not faster than the client reconnects', async () => {
    const { token, reasons } = counting()
    const names = ['token 1', 'token 2', 'token 3', 'token 4']
    const { client, relay, clock } = await tested({ ...expiring(undefined, names), client: { token } })
    const expire = async (name: string): Promise<string> => {
      relay.expire(name)
      await relay.settled()
      return client.status.state
    }
    expect(await expire('token 1')).toBe('online')
    expect(await expire('token 2')).toBe('waiting')
    await clock.advance(20_000)
    expect(client.status.state).toBe('online')
    expect(await expire('token 3')).toBe('online')
    expect(reasons).toEqual(['connect', 'refused', 'refused', 'refused'])
  })
  test('is requested until the app has another one', async () => {
    const { token, reasons } = counting()
    const failing = async (why: { reason: TokenReason }): Promise<string> => {
      const next = await token(why)
      if (reasons.length === 2) throw new Error('the login server is away')
      return next
    }
    const { client, relay, clock, errors } = await tested({ ...expiring(undefined), client: { token: failing } })
    relay.expire('token 1')
    await relay.settled()
    expect(client.status.state).toBe('waiting')
    await clock.advance(20_000)
    expect(client.status.state).toBe('online')
    expect(reasons).toEqual(['connect', 'refused', 'refused'])
    expect(errors).toMatchObject([{ stage: 'token', message: 'the login server is away' }])
  })
  test('never becomes anonymous: a function that returns no text is an error', async () => {
    const { relay, errors } = await tested({ client: { token: (() => undefined) as never } })
    expect({ connects: relay.frames('Connect'), connections: relay.connections }).toEqual({
      connects: [],
      connections: 0,
    })
    expect(errors).toMatchObject([{ stage: 'token', message: expect.stringContaining('return a string') }])
  })
})
