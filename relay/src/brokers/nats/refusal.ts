import { WildcastError } from '@wildcast/protocol'
import { type NetworkFailure, networkFailureOf, networkFailureText } from '../foreign/network-failures.js'
import type { NatsAuth } from '../settings.js'
import type { NatsAddress } from './address.js'
import { type Greeting, NoGreeting } from './greeting.js'

/** A failed try to connect. */
export interface Attempt {
  readonly auth?: NatsAuth | undefined
  readonly greeting?: Greeting | undefined
  readonly clientCertificate?: boolean | undefined
}

/** Returns why a server was not reached, and the settings key to look at, without any secret. */
export function connectRefusal({ text }: Pick<NatsAddress, 'text'>, cause: unknown, attempt: Attempt): string {
  const shown = `NATS at ${text}`
  if (cause instanceof WildcastError) return `${shown}: ${cause.message}`
  return knownText(shown, codeOf(cause)) ?? `${shown} ${refusalOf(cause, attempt)}`
}

/** The error of an open connection that ended by itself. */
export function endedBy(cause: unknown): WildcastError {
  const why =
    cause instanceof Error ? (knownText('the server', codeOf(cause)) ?? cause.message) : 'the server closed it'
  return new WildcastError('broker_down', `the link to the NATS server ended: ${why}`, { cause })
}

/** The server's greeting is a better sign of a required client certificate than these failures. */
const unclear: ReadonlySet<NetworkFailure> = new Set([
  'client_certificate_required',
  'client_certificate_refused',
  'no_tls',
])

/** Codes of the client library that stand for codes of Node. */
const synonyms: Readonly<Record<string, string>> = { CONNECTION_REFUSED: 'ECONNREFUSED', TIMEOUT: 'ETIMEDOUT' }

function knownText(shown: string, code: string): string | undefined {
  if (/^(AUTHENTICATION_EXPIRED|ACCOUNT_EXPIRED)$/.test(code))
    return `the credentials for ${shown} have expired: renew them`
  const kind = networkFailureOf(synonyms[code] ?? code)
  return kind && !unclear.has(kind) ? networkFailureText(kind, { shown, key: 'addresses' }) : undefined
}

function refusalOf(cause: unknown, { auth, greeting, clientCertificate }: Attempt): string {
  if (cause instanceof NoGreeting) return cause.message
  const code = codeOf(cause)
  if (code === 'AUTHORIZATION_VIOLATION') return refusedCredentials(auth)
  // The server's own certificate has passed at this point. Without ours the server closes the
  // connection, sometimes before its reason has arrived.
  if (greeting?.tls_verify) {
    return clientCertificate
      ? 'refused the client certificate: look at "client_certificate"'
      : 'requires a client certificate: look at "client_certificate"'
  }
  if (/^(ECONNRESET|EPIPE)$/.test(code)) return 'closed the connection at once: look at its log'
  return cause instanceof Error ? `failed: ${cause.message.split('\n', 1)[0]}` : 'closed the connection at once'
}

function refusedCredentials(auth: NatsAuth | undefined): string {
  switch (auth?.kind) {
    case undefined:
      return 'requires credentials: set "auth"'
    case 'token':
      return 'refused the token: look at "auth"'
    case 'user':
      return 'refused the user or the password: look at "auth"'
    case 'nkey':
      return 'refused the NKey: look at "auth"'
    case 'jwt':
    case 'credentials':
      return 'refused the credentials: look at "auth"'
    case 'credentialsFile':
      return `refused the credentials: look at "auth", and at ${auth.path}`
  }
}

/** Returns the code of the client library, or that of the system if TLS failed. */
function codeOf(cause: unknown): string {
  const { code, chainedError } = (cause ?? {}) as { code?: unknown; chainedError?: unknown }
  if (code === 'TLS' && chainedError) return codeOf(chainedError)
  return typeof code === 'string' ? code : ''
}
