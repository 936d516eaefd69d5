import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { requestId } from 'hono/request-id'
import { getPath } from 'hono/utils/url'
import type { RelayView } from '../core/relay.js'
import { answerErrors } from '../gateways/endpoints/http-errors.js'
import { ambiguityOf } from './ambiguity.js'
import { newId } from './new-id.js'

/** Longer request ids of clients are replaced. */
const longestId = 64

/**
 * Opens the routes that gateways add theirs to: ambiguous requests are refused, each request has an
 * id, and each failure an answer.
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

/** Removes the final slash of a path if only the rest is a route: `/healthz/` is `/healthz`. */
function knownPath(path: string, { routes }: Hono): string {
  if (!path.endsWith('/')) return path
  const bare = path.slice(0, -1)
  return routes.some((route) => route.path === bare) ? bare : path
}
