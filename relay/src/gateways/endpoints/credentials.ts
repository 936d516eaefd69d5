import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { type Credentials, type Identity, identify } from '../../core/access/identity.js'
import type { RelayFacts } from '../../core/relay.js'

/** The credentials of an HTTP request, or of a WebSocket handshake. */
export function credentialsOf({ headers, url = '/', socket }: IncomingMessage): Credentials {
  const query = queryOf(url)
  const { authorization } = headers
  return {
    headers,
    query,
    token: authorization === undefined ? undefined : tokenOf(authorization),
    ticket: query.ticket,
    certificate: certificateOf(socket),
    address: socket.remoteAddress,
  }
}

/** `Bearer` is only a name for a token; other schemes are a part of it. RFC 6750, 2.1. */
function tokenOf(authorization: string): string {
  return authorization.replace(/^Bearer +/i, '')
}

/** Of a repeated parameter the last counts, and none is named as a member of every object. */
function queryOf(url: string): Readonly<Record<string, string>> {
  const mark = url.indexOf('?')
  return mark < 0 ? {} : Object.assign(Object.create(null), Object.fromEntries(new URLSearchParams(url.slice(mark))))
}

/** The subject of a client's certificate, if the TLS server has verified one. */
function certificateOf(socket: IncomingMessage['socket']): string | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const { subject } = socket.getPeerCertificate()
  return (
    subject &&
    Object.entries(subject)
      .flatMap(([name, value]) => [value].flat().map((one) => `${name}=${one}`))
      .join(',')
  )
}

/**
 * The identity of the client of an HTTP request.
 * @throws {WildcastError} by rejection: `unauthorized`, `token_expired`
 */
export async function identityOfRequest(c: Context, relay: Pick<RelayFacts, 'authenticate'>): Promise<Identity> {
  return identify(relay, credentialsOf((c.env as HttpBindings).incoming))
}
