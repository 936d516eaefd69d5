import { type ActionKind, parsePattern } from '@wildcast/protocol'
import { SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Credentials, Identity } from '../core/access/identity.js'
import { fakeClock } from '../testing/fake-clock.js'
import { openAuthenticator } from './authenticator.js'
import type { AuthenticateHook } from './hook.js'
import { reasonOf } from './refusals.js'
import { hashSecret } from './scrypt.js'
import type { AuthSettings } from './settings.js'

const secret = 's'.repeat(32)
const roles = { guest: { subscribe: ['news.*'] }, viewer: { subscribe: ['room.{user}.*'] }, robot: { publish: ['**'] } }
let hash: string
beforeAll(async () => {
  hash = await hashSecret('opensesame')
})

function open(settings: AuthSettings, hook?: AuthenticateHook) {
  const clock = fakeClock()
  clock.advance(1_000_000)
  const { authenticate, issueTicket } = openAuthenticator({ roles, ...settings }, { clock, authenticate: hook })
  const by = (given: Partial<Credentials> = {}): Promise<Identity> => authenticate({ headers: {}, ...given })
  return { by, clock, issueTicket }
}

const may = ({ grants }: Identity, kind: ActionKind, subject: string): boolean | undefined =>
  grants?.decide({ kind, subject: parsePattern(subject), broker: 'main' }).allowed

const jwt = (claims: object = {}): Promise<string> =>
  new SignJWT({ sub: 'ada', exp: 2000, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret))

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

const unauthorized = { code: 'unauthorized', message: 'these credentials are not valid; sign in again' }

describe('a client without credentials', () => {
  it('is refused', async () => {
    await expect(open({}).by()).rejects.toMatchObject(unauthorized)
  })

  it('has the role for anonymous clients if there is one', async () => {
    const guest = await open({ anonymous: 'guest' }).by()
    expect(guest).toMatchObject({ user: undefined, role: 'guest' })
    expect({ news: may(guest, 'subscribe', 'news.today'), room: may(guest, 'subscribe', 'room.ada.1') }).toEqual({
      news: true,
      room: false,
    })
  })

  it('is never what a client with wrong credentials becomes (P1)', async () => {
    const { by } = open({
      anonymous: 'guest',
      jwt: { key: secret },
      users: { ada: { password: hash, role: 'viewer' } },
    })
    for (const token of ['', 'x', 'a.b.c', basic('ada:wrong'), 'robot.secret', 'Basic !'])
      await expect(by({ token })).rejects.toMatchObject({ code: 'unauthorized' })
  })
})

describe('a token', () => {
  it('gives the user, the role and rules of its own, until it expires', async () => {
    const token = await jwt({ wildcast: { role: 'viewer', publish: ['chat.{user}'], deny: { publish: ['chat.ada'] } } })
    const ada = await open({ jwt: { key: secret } }).by({ token })
    expect(ada).toMatchObject({ user: 'ada', role: 'viewer', expiresAt: 2_060_000 })
    expect({ room: may(ada, 'subscribe', 'room.ada.1'), other: may(ada, 'subscribe', 'room.eve.1') }).toEqual({
      room: true,
      other: false,
    })
    expect(may(ada, 'publish', 'chat.ada')).toBe(false)
  })

  it('without the claim "wildcast" may do nothing', async () => {
    const ada = await open({ jwt: { key: secret } }).by({ token: await jwt() })
    expect(may(ada, 'subscribe', 'news.today')).toBe(false)
  })

  it.each<[object, string]>([
    [{ wildcast: { role: 'root' } }, 'there is no role "root"'],
    [{ wildcast: { role: '__proto__' } }, 'there is no role "__proto__"'],
    [{ wildcast: { role: 7 } }, '"role" of the claim "wildcast" is not a text'],
    [{ wildcast: [] }, 'the claim "wildcast" is not a table'],
    [{ wildcast: { pubish: ['a'] } }, 'the claim "wildcast" has the key "pubish"'],
    [{ wildcast: { publish: 'a' } }, '"publish" of the claim "wildcast" is not a list'],
    [
      { wildcast: { deny: { publish: ['a..b'] } } },
      'a rule in "publish" of "deny" of the claim "wildcast" is not valid',
    ],
    [{ wildcast: { publish: [1] } }, 'is not valid: it is not a text'],
    [{ sub: '' }, 'the claim "sub" is not a text'],
  ])('with %j is refused, and the log has the reason', async (claims, reason) => {
    const error = await open({ jwt: { key: secret } })
      .by({ token: await jwt(claims) })
      .catch((cause) => cause)
    expect(error).toMatchObject(unauthorized)
    expect(reasonOf(error)).toContain(reason)
  })

  it('is read from the cookie that the configuration names, and from no other', async () => {
    const { by } = open({ jwt: { key: secret }, cookie: 'session' })
    const token = await jwt()
    expect(await by({ headers: { cookie: `a=b; session=${token}` } })).toMatchObject({ user: 'ada' })
    await expect(by({ headers: { cookie: `other=${token}` } })).rejects.toMatchObject(unauthorized)
  })
})

describe('users and keys', () => {
  it('sign in with a password, and with a key', async () => {
    const settings = { users: { ada: { password: hash, role: 'viewer' } }, keys: { bot: { hash, role: 'robot' } } }
    const { by } = open(settings)
    expect(await by({ token: basic('ada:opensesame') })).toMatchObject({ user: 'ada', role: 'viewer' })
    expect(await by({ token: 'bot.opensesame' })).toMatchObject({ user: 'bot', role: 'robot' })
    for (const token of [basic('ada:x'), basic('bot:opensesame'), 'ada.opensesame', 'bot.x'])
      await expect(by({ token })).rejects.toMatchObject(unauthorized)
  })
})

describe('a ticket', () => {
  it('is valid once, for 30 seconds', async () => {
    const { by, clock, issueTicket } = open({ anonymous: 'guest' })
    const identity = await by()
    const [ticket, late] = [issueTicket(identity), issueTicket(identity)]
    expect(await by({ ticket })).toBe(identity)
    await expect(by({ ticket })).rejects.toMatchObject(unauthorized)
    clock.advance(30_000)
    await expect(by({ ticket: late })).rejects.toMatchObject(unauthorized)
    await expect(by({ ticket: 'guessed' })).rejects.toMatchObject(unauthorized)
  })
})

describe('a hook', () => {
  it('sees the credentials, and gives the identity', async () => {
    const seen: unknown[] = []
    const { by } = open({}, (credentials) => {
      seen.push(credentials)
      return {
        user: 'ada',
        role: 'viewer',
        rules: { publish: ['chat.*'] },
        claims: { team: 'red' },
        expiresAt: 2_000_000,
      }
    })
    const ada = await by({
      token: 'opaque',
      headers: { cookie: 'a=b', 'x-team': 'red' },
      query: { room: '1' },
      certificate: 'CN=ada',
    })
    expect(seen).toEqual(
      [
        {
          token: 'opaque',
          headers: { cookie: 'a=b', 'x-team': 'red' },
          cookies: { a: 'b' },
          query: { room: '1' },
          certificate: 'CN=ada',
        },
      ].map((one) => expect.objectContaining(one)),
    )
    expect(ada).toMatchObject({ user: 'ada', role: 'viewer', claims: { team: 'red' }, expiresAt: 2_000_000 })
    expect({ chat: may(ada, 'publish', 'chat.1'), room: may(ada, 'subscribe', 'room.ada.1') }).toEqual({
      chat: true,
      room: true,
    })
  })

  it('is named in a refusal only if it has returned rules', async () => {
    const why = async (rules?: unknown) =>
      (await open({}, () => ({ role: 'viewer', rules })).by()).grants?.decide({
        kind: 'publish',
        broker: 'main',
        subject: parsePattern('b'),
      })
    expect(await why()).toMatchObject({ why: expect.stringContaining('no publish rule of role "viewer" covers it') })
    expect(await why({ publish: ['a'] })).toMatchObject({ why: expect.stringContaining('what authenticate returned') })
  })

  it.each<[string, AuthenticateHook, string]>([
    ['returns nothing', () => undefined, 'unauthorized'],
    ['returns null', async () => null, 'unauthorized'],
    [
      'throws',
      () => {
        throw new Error('database down')
      },
      'internal',
    ],
    ['rejects', async () => Promise.reject(new Error('database down')), 'internal'],
    ['returns a wrong user', () => ({ user: 7 as never }), 'internal'],
    ['returns a wrong time', () => ({ user: 'ada', expiresAt: Number.NaN }), 'internal'],
    ['returns wrong rules', () => ({ user: 'ada', rules: { publish: 'a' } }), 'unauthorized'],
    ['returns an unknown role', () => ({ user: 'ada', role: 'root' }), 'unauthorized'],
  ])('that %s denies, also where anonymous clients have a role', async (_, hook, code) => {
    await expect(open({ anonymous: 'guest' }, hook).by({ token: 'opaque' })).rejects.toMatchObject({ code })
  })

  it('that does not answer denies after 5 seconds (P11)', async () => {
    const { by, clock } = open({}, () => new Promise(() => {}))
    const denied = by({ token: 'opaque' }).catch((cause) => cause)
    await Promise.resolve()
    clock.advance(5000)
    expect(await denied).toMatchObject({ code: 'internal', retry: true })
  })
})

describe('a user', () => {
  it.each([42, true, ['ada'], { name: 'ada' }])(
    'is a text: a token of %j is refused, since no operator could end its sessions',
    async (sub) => {
      await expect(open({ jwt: { key: secret } }).by({ token: await jwt({ sub }) })).rejects.toMatchObject(unauthorized)
    },
  )
})

describe('a cookie for the token', () => {
  it.each(['auth=a"b', 'auth=a\u00e9', 'auth=%zz', 'auth=', ' auth = x y', 'auth=a,b'])(
    'that is malformed is wrong, and does not make a client anonymous: %j (P1)',
    async (cookie) => {
      const { by } = open({ anonymous: 'guest', jwt: { key: secret }, cookie: 'auth' })
      await expect(by({ headers: { cookie } })).rejects.toMatchObject(unauthorized)
    },
  )
})

describe('an identity of the hook', () => {
  it('that has expired already is refused (P2)', async () => {
    const { by } = open({}, () => ({ user: 'ada', role: 'viewer', expiresAt: 1_000_000 }))
    await expect(by({ token: 'x' })).rejects.toMatchObject({ code: 'token_expired' })
  })
})
