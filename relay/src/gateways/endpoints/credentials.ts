import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { type Credentials, type Identity, identify } from '../../core/access/identity.js'
import type { RelayFacts } from '../../core/relay.js'
import { bearerToken } from './bearer-token.js'
import { peerOf } from './peer.js'
import { withoutRelay } from './ticket-name.js'

/** Requests of pages whose browser may have added proofs of its user's identity on its own. */
const anonymous = new WeakSet<IncomingMessage>()

/**
 * Makes cookies, the client's certificate and a password that the browser keeps count for nothing:
 * any page may cause a browser to send them (cross-site WebSocket hijacking).
 */
export function ignoreAmbientCredentials(request: IncomingMessage): void {
  anonymous.add(request)
}

/** Schemes of credentials that browsers keep, and send with the requests of any page. */
const keptByBrowsers = /^(?:basic|digest|negotiate|ntlm)(?: |$)/i

/** The headers of a request, without credentials of the browser that must not count. */
export function headersOfRequest<Value>(
  request: IncomingMessage,
  headers: Readonly<Record<string, Value>>,
): typeof headers {
  if (!anonymous.has(request)) return headers
  const { cookie, authorization, ...others } = headers
  if (authorization === undefined || keptByBrowsers.test(String(authorization))) return others
  return { ...others, authorization }
}

/** The credentials of an HTTP request, or of a WebSocket handshake. */
export function credentialsOf(request: IncomingMessage): Credentials {
  const { url = '/' } = request
  const query = queryOf(url)
  const headers: IncomingHttpHeaders = headersOfRequest(request, request.headers)
  const { authorization } = headers
  const { address, certificate } = peerOf(request)
  return {
    headers,
    query,
    token: authorization === undefined ? undefined : bearerToken(authorization),
    ticket: query.ticket === undefined ? undefined : withoutRelay(query.ticket),
    certificate: anonymous.has(request) ? undefined : certificate,
    address,
  }
}

/** Of a repeated parameter the last counts, and none is named as a member of every object. */
function queryOf(url: string): Readonly<Record<string, string>> {
  const mark = url.indexOf('?')
  return mark < 0 ? {} : Object.assign(Object.create(null), Object.fromEntries(new URLSearchParams(url.slice(mark))))
}

/**
 * The identity of the client of an HTTP request.
 * @throws {WildcastError} by rejection: `unauthorized`, `token_expired`
 */
export async function identityOfRequest(c: Context, relay: Pick<RelayFacts, 'authenticate'>): Promise<Identity> {
  return identify(relay, credentialsOf((c.env as HttpBindings).incoming))
}

/** The address of the client of an HTTP request. */
export function addressOf(c: Context): string | undefined {
  return peerOf((c.env as HttpBindings).incoming).address
}
