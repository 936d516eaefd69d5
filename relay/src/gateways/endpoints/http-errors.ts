import { factsOf, WildcastError } from '@wildcast/protocol'
import type { Hono } from 'hono'
import { isRelayFull } from '../../core/connections.js'
import type { RelayView } from '../../core/relay.js'

/** Answers a route's error with the status and message of its code. */
export function answerErrors(routes: Hono, relay: RelayView): void {
  routes.onError((cause, c) => {
    const error = WildcastError.from(cause)
    // A client that disconnects is not an error of the relay.
    if (error.code === 'internal' && !c.req.raw.signal.aborted)
      relay.onError(error, { stage: 'http', request: c.get('requestId') })
    return errorResponse(error)
  })
}

/** The HTTP status of an error: 503 if the relay is full, so that a load balancer tries another. */
export function statusOf(error: WildcastError): number {
  return isRelayFull(error) ? 503 : factsOf(error.code).status
}

/**
 * The headers of an error: the scheme of missing credentials (RFC 9110, 11.6.1), or the seconds to
 * wait.
 */
export function errorHeaders({ code, retryInMs = 1000 }: WildcastError): Readonly<Record<string, string>> {
  const { status } = factsOf(code)
  if (status === 401) return { 'www-authenticate': 'Bearer' }
  return code === 'rate_limited' ? { 'retry-after': String(Math.ceil(retryInMs / 1000)) } : {}
}

/** Returns the response for an error. */
export function errorResponse(error: WildcastError): Response {
  const { code, message } = error
  const status = statusOf(error)
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  // The rest of the body is not read, so nothing can follow it on its connection.
  const ends = status === 413 ? { connection: 'close' } : {}
  return new Response(`${code}: ${message}\n`, { status, headers: { ...headers, ...errorHeaders(error), ...ends } })
}
