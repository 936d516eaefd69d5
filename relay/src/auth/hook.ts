import { WildcastError } from '@wildcast/protocol'
import type { Credentials } from '../core/access/identity.js'
import type { Clock } from '../core/clock.js'
import { type Person, readRules } from './identities.js'
import { unauthorized, unavailable } from './refusals.js'

/** The credentials of a client, as a hook sees them. */
export interface HookCredentials {
  readonly token: string | undefined
  readonly headers: Credentials['headers']
  readonly cookies: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly certificate: string | undefined
}

/** The result of a hook: a user with a role, rules of its own, or both. */
export interface HookIdentity {
  readonly user?: string
  readonly role?: string
  /** The namespace whose brokers it sees. @default that of its endpoint, or none */
  readonly namespace?: string
  /** Values for `{claim.name}` in rules, and for `authorize`. */
  readonly claims?: Readonly<Record<string, unknown>>
  /** Rules beside those of the role, as in the claim `wildcast` of a token. */
  readonly rules?: unknown
  /** When the session ends, in milliseconds since 1970. */
  readonly expiresAt?: number
}

/**
 * The function `authenticate` of the module that `[auth] module` names. Nothing, or an error,
 * denies.
 */
export type AuthenticateHook = (
  credentials: HookCredentials,
) => HookIdentity | undefined | null | Promise<HookIdentity | undefined | null>

/** How long a hook may take, in milliseconds. */
export const hookMs = 5000

/**
 * Asks a hook who a client is.
 * @throws {WildcastError} by rejection: `unauthorized`; `internal` if the hook fails or takes too
 * long
 */
export async function askHook(hook: AuthenticateHook, credentials: HookCredentials, clock: Clock): Promise<Person> {
  const found = await withDeadline(clock, async () => hook(credentials)).catch((cause: unknown) => {
    if (cause instanceof WildcastError) throw cause
    throw unavailable(`authenticate failed: ${cause instanceof Error ? cause.message : 'it threw no error'}`)
  })
  if (found === undefined || found === null) throw unauthorized('authenticate returned nothing')
  const { user, role, namespace, claims, rules, expiresAt } = found
  if (user !== undefined && (typeof user !== 'string' || user === ''))
    throw unavailable('authenticate returned a "user" that is not a text')
  if (namespace !== undefined && typeof namespace !== 'string')
    throw unavailable('authenticate returned a "namespace" that is not a text')
  if (expiresAt !== undefined && !Number.isFinite(expiresAt))
    throw unavailable('authenticate returned an "expiresAt" that is not a number of milliseconds since 1970')
  const own = readRules(rules, 'what authenticate returned')
  const place = { role: role ?? own.role, namespace: namespace ?? own.namespace }
  return { user, ...place, claims, ...(rules !== undefined && { rules: own.rules }), expiresAt }
}

/** Rejects if the work takes too long. A later result has no effect. */
export function withDeadline<Result>(clock: Clock, work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const stop = clock.after(hookMs, () => reject(new Error(`it took longer than ${hookMs / 1000} s`)))
    work().then(resolve, reject).finally(stop)
  })
}
