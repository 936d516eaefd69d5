import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WildcastError } from '@wildcast/protocol'
import { exportJWK, type JWTPayload, SignJWT } from 'jose'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeClock } from '../testing/fake-clock.js'
import { jwtVerifier } from './jwt.js'
import { reasonOf } from './refusals.js'
import type { JwtSettings } from './settings.js'

const secret = 's'.repeat(32)
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const pem = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString()

/** Seconds since 1970; the clock stands at 1,000. */
const claims = { sub: 'ada', exp: 2000 }
const clock = fakeClock()
clock.advance(1_000_000)

async function signed(
  key: KeyObject | Uint8Array,
  alg: string,
  payload: JWTPayload = claims,
  header: object = {},
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg, ...header }).sign(key)
}

const hs = (payload: JWTPayload = claims, header: object = {}): Promise<string> =>
  signed(Buffer.from(secret), 'HS256', payload, header)

/** The code and the reason that a token is refused with. */
async function refused(settings: JwtSettings, token: string): Promise<readonly [code: string, reason: string]> {
  const error = await jwtVerifier(settings, { clock })(token).then(
    () => expect.fail('the token was accepted'),
    (cause: WildcastError) => cause,
  )
  return [error.code, reasonOf(error)]
}

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a token', () => {
  it.each([
    ['HS256', secret, Buffer.from(secret)],
    ['RS256', pem(rsa.publicKey), rsa.privateKey],
    ['PS256', pem(rsa.publicKey), rsa.privateKey],
    ['ES256', pem(ec.publicKey), ec.privateKey],
    ['EdDSA', pem(ed.publicKey), ed.privateKey],
  ])('is accepted if it is signed with %s and the configured key', async (alg, key, signing) => {
    expect(await jwtVerifier({ key }, { clock })(await signed(signing, alg))).toEqual(claims)
  })

  it.each<[string, string, Promise<string> | string]>([
    [
      'is signed with none',
      'the algorithm in the header of the token does not fit the configured key',
      `${base64({ alg: 'none' })}.${base64(claims)}.`,
    ],
    [
      'is signed with another secret',
      'the signature of the token does not fit the configured key',
      signed(Buffer.from('x'.repeat(32)), 'HS256'),
    ],
    ['has no "exp"', 'the claim "exp" is missing', hs({ sub: 'ada' })],
    ['has no "sub"', 'the claim "sub" is missing', hs({ exp: 2000 })],
    ['is valid only later', 'the claim "nbf" is not as configured', hs({ ...claims, nbf: 1500 })],
    ['has an unknown "crit"', 'the header of the token demands a feature that the relay does not support', critical()],
    ['is no token', 'the token is not a signed JSON Web Token', 'a.b.c'],
    ['is empty', 'the token is not a signed JSON Web Token', ''],
    ['is of 1 MB', 'the token is too long', 'a'.repeat(1_000_000)],
  ])('that %s is unauthorized (P1)', async (_, reason, token) => {
    expect(await refused({ key: secret }, await token)).toEqual(['unauthorized', reason])
  })

  it('that is signed with the public key as a secret is unauthorized (P1)', async () => {
    const key = pem(rsa.publicKey)
    const [header, payload] = [base64({ alg: 'HS256' }), base64(claims)]
    const signature = createHmac('sha256', key).update(`${header}.${payload}`).digest('base64url')
    expect(await refused({ key }, `${header}.${payload}.${signature}`)).toEqual([
      'unauthorized',
      'the algorithm in the header of the token does not fit the configured key',
    ])
  })

  it('must have the configured issuer and audience (P1)', async () => {
    const settings = { key: secret, issuer: 'us', audience: 'relay' }
    const good = { ...claims, iss: 'us', aud: ['app', 'relay'] }
    expect(await jwtVerifier(settings, { clock })(await hs(good))).toEqual(good)
    expect(await refused(settings, await hs({ ...good, iss: 'them' }))).toEqual([
      'unauthorized',
      'the claim "iss" is not as configured',
    ])
    expect(await refused(settings, await hs({ ...good, aud: 'app' }))).toEqual([
      'unauthorized',
      'the claim "aud" is not as configured',
    ])
    expect(await refused(settings, await hs(claims))).toMatchObject([
      'unauthorized',
      expect.stringContaining('is missing'),
    ])
  })

  it('is accepted for a minute after it has expired, or as long as configured (P13)', async () => {
    const token = await hs({ sub: 'ada', exp: 950 })
    expect(await jwtVerifier({ key: secret }, { clock })(token)).toMatchObject({ sub: 'ada' })
    expect(await refused({ key: secret, leewayMs: 10_000 }, token)).toMatchObject([
      'token_expired',
      'the token has expired',
    ])
  })
})

describe('a key', () => {
  it.each<[string, JwtSettings, string]>([
    ['a short secret', { key: 'short' }, 'the secret is too short'],
    [
      'a private key',
      { key: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
      'the key is a private key',
    ],
    ['broken PEM', { key: '-----BEGIN PUBLIC KEY-----\nx' }, 'the key is not a public key in PEM'],
    [
      'a short RSA key',
      { key: pem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey) },
      'the RSA key is too short',
    ],
    [
      'another curve',
      { key: pem(generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey) },
      'the key is of another kind',
    ],
    ['no key', {}, 'a key or a key set is missing'],
    ['a set that is not JSON', { jwks: { text: '{' } }, 'the key set is not JSON'],
    ['a set without keys', { jwks: { text: '{}' } }, 'the key set has no list "keys"'],
    ['a set with a secret', { jwks: { text: '{"keys":[{"kty":"oct","k":"AA"}]}' } }, 'the key set has a secret'],
    ['a set over plain HTTP', { jwks: { url: 'http://keys.example/jwks' } }, 'must begin with https://'],
  ])('that is %s is refused at once', (_, settings, message) => {
    expect(() => jwtVerifier(settings, { clock })).toThrow(message)
  })
})

describe('a key set', () => {
  it('of a file has the key that "kid" names; "kid" is never a path or URL (P1)', async () => {
    const keys = [
      { ...(await exportJWK(ec.publicKey)), kid: 'one' },
      { ...(await exportJWK(ed.publicKey)), kid: 'two' },
    ]
    const jwks = { text: JSON.stringify({ keys }) }
    const of = (kid: string): Promise<string> => signed(ec.privateKey, 'ES256', claims, { kid })
    expect(await jwtVerifier({ jwks }, { clock })(await of('one'))).toEqual(claims)
    for (const kid of ['two', '/etc/passwd', 'http://127.0.0.1/key'])
      expect(await refused({ jwks }, await of(kid))).toMatchObject([
        'unauthorized',
        'the key set has no key that fits the header of the token',
      ])
  })

  const servers: { close(): void }[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
  })

  it('of a URL is fetched once for many tokens; while it can not be, each is denied at once (P1)', async () => {
    let requests = 0
    let status = 500
    const body = JSON.stringify({ keys: [{ ...(await exportJWK(ec.publicKey)), kid: 'one' }] })
    const server = createServer((_, response) => {
      requests++
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
    }).listen(0, '127.0.0.1')
    servers.push(server)
    await new Promise((resolve) => server.once('listening', resolve))
    const moving = fakeClock()
    moving.advance(1_000_000)
    const { port } = server.address() as AddressInfo
    const verify = jwtVerifier({ jwks: { url: `http://127.0.0.1:${port}/` } }, { clock: moving })
    const token = await signed(ec.privateKey, 'ES256', claims, { kid: 'one' })

    const denied = await Promise.allSettled([verify(token), verify(token), verify(token)])
    await expect(verify(token)).rejects.toMatchObject({ code: 'internal', retry: true })
    expect({ requests, denied: denied.filter((one) => one.status === 'rejected').length }).toEqual({
      requests: 1,
      denied: 3,
    })

    status = 200
    moving.advance(5000)
    expect(await Promise.all([verify(token), verify(token)])).toEqual([claims, claims])
    expect(requests).toBe(2)
  })

  it('of a URL stays in use while it is fresh: a token that fails has no effect on others', async () => {
    const broken = { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'broken' }
    const body = JSON.stringify({ keys: [{ ...(await exportJWK(ec.publicKey)), kid: 'one' }, broken] })
    const server = createServer((_, response) => void response.end(body)).listen(0, '127.0.0.1')
    servers.push(server)
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const verify = jwtVerifier({ jwks: { url: `http://127.0.0.1:${port}/` } }, { clock })
    const of = (kid: string): Promise<string> => signed(ec.privateKey, 'ES256', claims, { kid })
    expect(await verify(await of('one'))).toEqual(claims)
    await expect(verify(await of('broken'))).rejects.toMatchObject({ code: 'internal' })
    await expect(verify(await of('other'))).rejects.toMatchObject({ code: 'internal' })
    expect(await verify(await of('one'))).toEqual(claims)
  })
})

async function critical(): Promise<string> {
  const [header, payload] = [base64({ alg: 'HS256', crit: ['x'], x: 1 }), base64(claims)]
  const signature = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url')
  return `${header}.${payload}.${signature}`
}
