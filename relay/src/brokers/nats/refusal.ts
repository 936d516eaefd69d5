import { WildcastError } from '@wildcast/protocol'
import type { NatsAuth } from '../settings.js'
import type { Address } from './address.js'
import { type Greeting, NoGreeting } from './greeting.js'

/** What was tried when a connection failed. */
export interface Attempt {
  readonly auth?: NatsAuth | undefined
  readonly greeting?: Greeting | undefined
  readonly clientCertificate?: boolean | undefined
}

/** Why a server was not reached, and what to look at, with the keys of the configuration. It never holds a secret. */
export function refusal({ text }: Pick<Address, 'text'>, cause: unknown, attempt: Attempt): string {
  return `NATS at ${text}: ${reasonOf(cause, attempt)}`
}

const reasons: readonly [RegExp, string][] = [
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'there is no host of that name; look at "addresses"'],
  [/^(ECONNREFUSED|CONNECTION_REFUSED)$/, 'nobody listens there; start the server, or look at "addresses"'],
  [
    /^(E(HOST|NET)UNREACH|ETIMEDOUT|TIMEOUT)$/,
    'it did not answer in time; look at "addresses", and at firewalls on the way',
  ],
  [/^(AUTHENTICATION_EXPIRED|ACCOUNT_EXPIRED)$/, 'the credentials have expired; renew them'],
  [
    /^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/,
    "the server's certificate is not valid at this time; renew it, or set the clock right",
  ],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, 'the server\'s certificate is for another name; look at "addresses"'],
  [
    /^(UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_SELF_SIGNED_|CERT_|ERR_TLS_CERT_)/,
    'its certificate is not trusted; name whoever signed it as "root_certificate"',
  ],
  [
    /^ERR_(OSSL|CRYPTO)_/,
    'a certificate or its key is no usable PEM file, or they do not belong together; look at "root_certificate" and "client_certificate"',
  ],
]

function reasonOf(cause: unknown, { auth, greeting, clientCertificate }: Attempt): string {
  if (cause instanceof WildcastError || cause instanceof NoGreeting) return cause.message
  const code = codeOf(cause)
  if (code === 'AUTHORIZATION_VIOLATION') return credentials(auth)
  const known = reasons.find(([codes]) => codes.test(code))?.[1]
  if (known !== undefined) return known
  // By then the server's own certificate was fine. Without ours it closes, sometimes before its reason has arrived.
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
  const why =
    cause instanceof Error ? (reasons.find(([codes]) => codes.test(codeOf(cause)))?.[1] ?? cause.message) : 'it hung up'
  return new WildcastError('broker_down', `the link to the NATS server ended: ${why}`, { cause })
}
