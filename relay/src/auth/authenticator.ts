import { parse as parseCookies } from 'hono/utils/cookie'
import type { Authenticate, Credentials, Identity } from '../core/access/identity.js'
import type { Clock } from '../core/clock.js'
import { hasExpired } from '../core/expiry.js'
import { type Account, Accounts } from './accounts.js'
import { type AuthenticateHook, askHook } from './hook.js'
import { identityOfPerson, type Person, readRules } from './identities.js'
import { type Claims, jwtVerifier } from './jwt.js'
import { expiredToken, unauthorized } from './refusals.js'
import { type AuthSettings, usualLeewayMs } from './settings.js'
import { Tickets } from './tickets.js'

/** Ports of `openAuthenticator`. */
export interface AuthenticatorPorts {
  readonly clock: Clock
  /** The hook of the configuration's module. */
  readonly authenticate?: AuthenticateHook | undefined
}

/** Finds out who clients are, by the settings of a configuration. */
export interface Authenticator {
  readonly authenticate: Authenticate
  /** Makes a ticket for a client that has shown its credentials. Valid once, for 30 seconds. */
  issueTicket(identity: Identity): string
}

/** Checks one kind of credentials. Undefined if these are of another kind. */
type Check = (credentials: Credentials & { readonly token: string }) => (() => Promise<Person>) | undefined

/**
 * Opens what a configuration states.
 * @throws {TypeError} if a key or key set is not valid
 */
export function openAuthenticator(settings: AuthSettings, ports: AuthenticatorPorts): Authenticator {
  const { clock, authenticate } = ports
  const { roles = {}, anonymous, cookie } = settings
  const tickets = new Tickets(clock)
  const checks = [checkJwt(settings, clock), checkUser(settings, clock), checkKey(settings, clock)]

  async function personOf(given: Credentials): Promise<Person> {
    const cookies = parseCookies(headerOf(given, 'cookie') ?? '')
    const token = given.token ?? (cookie === undefined ? undefined : tokenIn(given, cookies, cookie))
    if (token !== undefined)
      for (const check of checks) {
        const findPerson = check({ ...given, token })
        if (findPerson) return findPerson()
      }
    if (authenticate)
      return askHook(
        authenticate,
        { ...given, query: given.query ?? {}, cookies, token, certificate: given.certificate },
        clock,
      )
    if (token !== undefined) throw unauthorized('no configured method takes such a token')
    if (anonymous === undefined) throw unauthorized('there are no credentials')
    return { role: anonymous }
  }

  return {
    async authenticate(credentials) {
      const { ticket } = credentials
      const identity =
        ticket === undefined ? identityOfPerson(await personOf(credentials), roles) : tickets.redeem(ticket)
      if (hasExpired(clock, identity.expiresAt)) throw expiredToken()
      return identity
    },
    issueTicket: (identity) => tickets.issue(identity),
  }
}

function checkJwt({ jwt }: AuthSettings, clock: Clock): Check {
  const verify = jwt && jwtVerifier(jwt, { clock })
  const leewayMs = jwt?.leewayMs ?? usualLeewayMs
  return ({ token }) => {
    if (!verify || token.split('.').length !== 3) return undefined
    return async () => personOfClaims(await verify(token), leewayMs)
  }
}

function personOfClaims(claims: Claims, leewayMs: number): Person {
  const { sub, exp = 0, wildcast } = claims
  // Any JSON passes the verifier. A number would not be the user that an operator disconnects.
  if (typeof sub !== 'string' || sub === '') throw unauthorized('the claim "sub" is not a text')
  return { user: sub, claims, ...readRules(wildcast, 'the claim "wildcast"'), expiresAt: exp * 1000 + leewayMs }
}

/** `Basic` and base64 of `name:password`, as browsers and curl send it. RFC 7617. */
function checkUser({ users = {} }: AuthSettings, clock: Clock): Check {
  const list = Object.entries(users).map(([name, { password, ...one }]) => ({ ...one, name, hash: password }))
  const accounts = new Accounts(list, clock)
  return ({ token }) => {
    const encoded = /^Basic ([\w+/-]+=*)$/i.exec(token)?.[1]
    if (encoded === undefined || list.length === 0) return undefined
    const [name = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':')
    return async () => personOfAccount(await accounts.check(name, password.join(':')))
  }
}

function personOfAccount({ name, role, namespace }: Account): Person {
  return { user: name, role, namespace }
}

/** The name of a key and its secret, as `wildcast hash` prints them: `robot.4Yk…`. */
function checkKey({ keys = {} }: AuthSettings, clock: Clock): Check {
  const list = Object.entries(keys).map(([name, one]) => ({ ...one, name }))
  const accounts = new Accounts(list, clock)
  return ({ token }) => {
    const [, name = '', secret = ''] = /^([\w-]+)\.([\w-]+)$/.exec(token) ?? []
    if (name === '' || list.length === 0) return undefined
    return async () => personOfAccount(await accounts.check(name, secret))
  }
}

/** The token of a cookie. A malformed one is wrong, not missing. */
function tokenIn(given: Credentials, cookies: Readonly<Record<string, string>>, name: string): string | undefined {
  const names = (headerOf(given, 'cookie') ?? '').split(';').map((pair) => pair.split('=')[0]?.trim())
  return names.includes(name) ? (cookies[name] ?? '') : undefined
}

function headerOf({ headers }: Credentials, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}
