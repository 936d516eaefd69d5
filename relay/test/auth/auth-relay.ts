import { parsePattern } from '@wildcast/protocol'
import { SignJWT } from 'jose'
import { expect } from 'vitest'
import { openAuthenticator } from '../../src/auth/authenticator.js'
import type { AuthSettings } from '../../src/auth/settings.js'
import {
  crossOrigin,
  health,
  historyEndpoint,
  http,
  httpRequest,
  type RelayServerOptions,
  realClock,
  serverSentEvents,
  streamEndpoint,
  tickets,
  valueEndpoint,
  websocket,
} from '../../src/index.js'
import { type StartedRelay, startRelay } from '../start-relay.js'

export const secret = 'a secret of at least 32 bytes, for tests'

/** Rules of a room that everybody reads, and of one for each user. */
const roles = {
  guest: { subscribe: ['news.*'] },
  member: {
    publish: ['news.{user}', 'allowed.**'],
    subscribe: ['news.*', 'allowed.**'],
    request: ['allowed.**', 'POST.allowed.**'],
    serve: ['allowed.**'],
    presence: ['allowed.**'],
    deny: { publish: ['allowed.secret.**'], subscribe: ['allowed.secret.**'], presence: ['allowed.secret.**'] },
  },
}

/** A relay whose clients show a token. */
export interface AuthRelay extends StartedRelay {
  /** Resolves when a message was published on a subject, or on one that ends with it. */
  published(subject: string): Promise<void>
  /** Resolves with a word once the log has it. */
  logged(word: string): Promise<string>
}

/** Starts a relay with every gateway. */
export async function authRelay(
  settings: AuthSettings = {},
  options: Partial<RelayServerOptions> = {},
): Promise<AuthRelay> {
  const { authenticate, issueTicket } = openAuthenticator(
    { jwt: { key: secret }, roles, ...settings },
    { clock: options.clock ?? realClock },
  )
  const gateways = [
    crossOrigin(),
    http,
    valueEndpoint,
    historyEndpoint({ longPollMs: 1 }),
    health,
    serverSentEvents,
    streamEndpoint,
    tickets({ issueTicket }),
    websocket({ mode: 'json' }),
    httpRequest({ form: 'json', timeoutMs: 300_000 }),
  ]
  const relay = await startRelay({ gateways, authenticate, ...options })
  const seen: string[] = []
  for (const pattern of ['**', 'request.**'])
    await relay.relay.inside.listen(
      'test',
      { pattern: parsePattern(pattern) },
      { deliver: ({ subject }) => void seen.push(subject), ended: () => {} },
    )
  return {
    ...relay,
    async published(subject) {
      await expect.poll(() => seen.some((one) => one.endsWith(subject)), { timeout: 60_000 }).toBe(true)
    },
    async logged(word) {
      await expect.poll(() => relay.errors.some((line) => line.includes(word)), { timeout: 60_000 }).toBe(true)
      return word
    },
  }
}

/** A token of a user, valid for an hour. `exp` is in seconds since 1970. */
export function token(claims: { sub?: string; exp?: number; wildcast?: object } = {}): Promise<string> {
  const usual = { sub: 'ada', exp: Math.floor(Date.now() / 1000) + 3600, wildcast: { role: 'member' } }
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(secret))
}

/** A token that has expired, beyond the leeway. */
export const expiredToken = (): Promise<string> => token({ exp: Math.floor(Date.now() / 1000) - 3600 })
