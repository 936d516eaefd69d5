import type { NatsAuth } from '../settings.js'

/** Where a server is reached. */
export interface NatsAddress {
  /** A name, or an IP address without brackets. */
  readonly host: string
  readonly port: number
  /** Whether it says that the link is encrypted: `tls://`. */
  readonly encrypted: boolean
  /** The `user:password@` or `token@` that it holds. */
  readonly auth?: NatsAuth
  /** `host:port`, as messages show it: without secrets. */
  readonly text: string
}

const standardPort = 4222

/**
 * Reads `host`, `host:port`, `nats://host:port` or `tls://host:port`.
 * @throws {RangeError} whose message does not hold the text, since that may hold a password
 */
export function natsAddressOf(text: string): NatsAddress {
  const full = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `nats://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (!url?.hostname || !['nats:', 'tls:'].includes(url.protocol))
    throw new RangeError(
      '"addresses" has one that is none of "host", "host:port", "nats://host:port", "tls://host:port"',
    )
  const port = url.port === '' ? standardPort : Number(url.port)
  const auth = authOf(decoded(url.username), decoded(url.password))
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    encrypted: url.protocol === 'tls:',
    ...(auth ? { auth } : {}),
    text: `${url.hostname}:${port}`,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new RangeError('"addresses" has one with a "%" that begins no escape; write "%25", or use "auth"')
  }
}

/** As all clients of NATS read it: a name alone is a token. */
function authOf(user: string, password: string): NatsAuth | undefined {
  if (password !== '') return { kind: 'user', user, password }
  return user === '' ? undefined : { kind: 'token', token: user }
}
