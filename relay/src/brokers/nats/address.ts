import type { NatsAuth } from '../settings.js'

/** The address of a server. */
export interface NatsAddress {
  /** A name, or an IP address without brackets. */
  readonly host: string
  readonly port: number
  /** Whether the scheme is `tls://`. */
  readonly encrypted: boolean
  /** The `user:password@` or `token@` of the address. */
  readonly auth?: NatsAuth
  /** `host:port`, without secrets. */
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
      '"addresses" has an entry that isn\'t "host", "host:port", "nats://host:port" or "tls://host:port"',
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
    throw new RangeError('"addresses" has an entry with a "%" that begins no escape; write "%25", or use "auth"')
  }
}

/** Reads credentials like all NATS clients: a name without a password is a token. */
function authOf(user: string, password: string): NatsAuth | undefined {
  if (password !== '') return { kind: 'user', user, password }
  return user === '' ? undefined : { kind: 'token', token: user }
}
