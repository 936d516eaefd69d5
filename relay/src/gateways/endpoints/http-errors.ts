import { factsOf, WildcastError } from '@wildcast/protocol'
import type { Hono } from 'hono'
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

/** Returns the response for an error. */
/** The header that names the scheme of missing credentials. RFC 9110, 11.6.1. */
export function challengeOf(code: string): Readonly<Record<string, string>> {
  return factsOf(code).status === 401 ? { 'www-authenticate': 'Bearer' } : {}
}

export function errorResponse({ code, message }: WildcastError): Response {
  const { status } = factsOf(code)
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  // The rest of the body is not read, so nothing can follow it on its connection.
  const ends = status === 413 ? { connection: 'close' } : {}
  return new Response(`${code}: ${message}\n`, { status, headers: { ...headers, ...challengeOf(code), ...ends } })
}
