import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { getPath } from 'hono/utils/url'
import type { RelayView } from '../core/relay.js'
import { answerErrors } from '../gateways/endpoints/http-errors.js'
import { ambiguityOf } from './ambiguity.js'
import { newId } from './new-id.js'

/** Longer ids of a client are not repeated. */
const longestId = 64

/**
 * Routes for gateways to put theirs on: each request is plain and has an id, and each failure an
 * answer.
 */
export function openRoutes(relay: RelayView): Hono {
  const routes: Hono = new Hono({ getPath: (request) => knownPath(getPath(request), routes) })
  routes.use('*', requestId({ generator: newId, limitLength: longestId }))
  routes.use('*', (c, next) => {
    const refusal = ambiguityOf((c.env as HttpBindings).incoming)
    return refusal ? Promise.resolve(c.text(`${refusal.why}\n`, refusal.status)) : next()
  })
  answerErrors(routes, relay)
  return routes
}

/** A path that ends with a slash, without it if only that is a route: `/healthz/` is `/healthz`. */
function knownPath(path: string, { routes }: Hono): string {
  if (!path.endsWith('/')) return path
  const bare = path.slice(0, -1)
  return routes.some((route) => route.path === bare) ? bare : path
}
