import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { WildcastError } from '@wildcast/protocol'
import type { Hono } from 'hono'
import { errorResponse } from '../gateways/endpoints/http-errors.js'

/** Answers the requests of a server with routes. */
export function requestListener(routes: Hono): RequestListener {
  const answer = getRequestListener(routes.fetch, {
    // HTTP/1.0 needs no Host, and routes use the path only.
    hostname: 'localhost',
    // Routes answer their own errors, so the target or the Host header could not be read.
    errorHandler: () => errorResponse(new WildcastError('invalid_frame', 'the path or the Host header is invalid')),
  })
  return (request, response) => {
    // A request after the last answer of its connection is ignored (RFC 9112, 9.6).
    if (request.socket.writable) void answer(request, response)
  }
}
