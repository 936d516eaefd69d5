import { WildcastError } from '@wildcast/protocol'
import { type NetworkFailure, networkFailureOf } from '../foreign/network-failures.js'
import type { NatsAuth } from '../settings.js'
import type { NatsAddress } from './address.js'
import { type Greeting, NoGreeting } from './greeting.js'

/** What was tried when a connection failed. */
export interface Attempt {
  readonly auth?: NatsAuth | undefined
  readonly greeting?: Greeting | undefined
  readonly clientCertificate?: boolean | undefined
}

/**
 * Why a server was not reached, and what to look at, with the keys of the configuration. It never
 * holds a secret.
 */
export function connectRefusal({ text }: Pick<NatsAddress, 'text'>, cause: unknown, attempt: Attempt): string {
  return `NATS at ${text}: ${reasonOf(cause, attempt)}`
}

const notInTime = "the server's certificate is not valid at this time; renew it, or set the clock right"

/** What a demand for a client certificate comes to is clearer from the server's greeting. */
const networkFailures: Readonly<Partial<Record<NetworkFailure, string>>> = {
  nobody_listens: 'nobody listens there; start the server, or look at "addresses"',
  unknown_host: 'there is no host of that name; look at "addresses"',
  no_answer: 'it did not answer in time; look at "addresses", and at firewalls on the way',
  certificate_expired: notInTime,
  certificate_too_early: notInTime,
  certificate_of_another_host: 'the server\'s certificate is for another name; look at "addresses"',
  certificate_untrusted: 'its certificate is not trusted; name whoever signed it as "root_certificate"',
  unusable_files:
    'a certificate or its key is no usable PEM file, or they do not belong together; look at "root_certificate" and "client_certificate"',
}

/** Codes of the client library for what Node has codes for, too. */
const synonyms: Readonly<Record<string, string>> = { CONNECTION_REFUSED: 'ECONNREFUSED', TIMEOUT: 'ETIMEDOUT' }

function wordsOf(code: string): string | undefined {
  if (/^(AUTHENTICATION_EXPIRED|ACCOUNT_EXPIRED)$/.test(code)) return 'the credentials have expired; renew them'
  const kind = networkFailureOf(synonyms[code] ?? code)
  return kind && networkFailures[kind]
}

function reasonOf(cause: unknown, { auth, greeting, clientCertificate }: Attempt): string {
  if (cause instanceof WildcastError || cause instanceof NoGreeting) return cause.message
  const code = codeOf(cause)
  if (code === 'AUTHORIZATION_VIOLATION') return credentials(auth)
  const known = wordsOf(code)
  if (known !== undefined) return known
  // By then the server's own certificate was fine. Without ours it closes, sometimes before its
  // reason has arrived.
  if (greeting?.tls_verify) {
    return clientCertificate
      ? 'it did not take the client certificate; look at "client_certificate"'
      : 'it asks for a client certificate; name one as "client_certificate"'
  }
  if (/^(ECONNRESET|EPIPE)$/.test(code)) return 'it hung up at once; its log says why'
  return cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : 'the connection ended at once'
}

function credentials(auth: NatsAuth | undefined): string {
  const refused = 'it refused the credentials; look at "auth"'
  switch (auth?.kind) {
    case undefined:
      return 'it asks for credentials; set "auth"'
    case 'token':
      return 'it refused the token; look at "auth"'
    case 'user':
      return 'it refused the user or the password; look at "auth"'
    case 'nkey':
      return 'it does not know this NKey; look at "auth"'
    case 'jwt':
    case 'credentials':
      return refused
    case 'credentialsFile':
      return `${refused}, and at ${auth.path}`
  }
}

/** The client library's own word for it; below that, the system's. */
function codeOf(cause: unknown): string {
  const { code, chainedError } = (cause ?? {}) as { code?: unknown; chainedError?: unknown }
  if (code === 'TLS' && chainedError) return codeOf(chainedError)
  return typeof code === 'string' ? code : ''
}

/** Why a connection that stood has ended. */
export function endedBy(cause: unknown): WildcastError {
  const why = cause instanceof Error ? (wordsOf(codeOf(cause)) ?? cause.message) : 'it hung up'
  return new WildcastError('broker_down', `the link to the NATS server ended: ${why}`, { cause })
}
