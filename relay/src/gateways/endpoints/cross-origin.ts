import type { IncomingMessage } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import { WildcastError } from '@wildcast/protocol'
import { cors } from 'hono/cors'
import { type Gateway, refuseHandshake } from '../gateway.js'
import { ignoreAmbientCredentials } from './credentials.js'
import { historyHeaders } from './history/answers.js'
import { everyOrigin, isOrigin, trustOf } from './origin-trust.js'

/** Options of `crossOrigin`. */
export interface CrossOriginOptions {
  /**
   * The origins whose pages may use the relay, such as `https://shop.example`, exactly as browsers
   * write them; `*` for all. @default the relay's own origin; on a loopback host every loopback
   * origin
   */
  readonly origins?: readonly string[] | undefined
}

/** Seconds for which a browser may cache a permission. */
const rememberedS = 600

/** The longest origin in the log. */
const longestLogged = 200

/**
 * Allows or refuses pages of other origins, before any endpoint reads the request. Browsers always
 * send a page's origin and other programs need not, so this protects only users of browsers.
 * Cookies count for pages of the own origin and of listed ones. Must precede all other gateways.
 */
export function crossOrigin({ origins }: CrossOriginOptions = {}): Gateway {
  const common = { exposeHeaders: ['etag', 'x-request-id', ...historyHeaders], maxAge: rememberedS }
  const anyPage = cors({ ...common, origin: '*' })
  const thisPage = cors({ ...common, origin: (origin) => origin })
  const thisPageWithCookies = cors({ ...common, origin: (origin) => origin, credentials: true })
  const opensAll = origins?.includes(everyOrigin) ?? false

  return ({ routes, onUpgrade }, relay) => {
    /** Returns the refusal, if the page may not use the relay. */
    function refusalOf(request: IncomingMessage): string | undefined {
      const { origin = '' } = request.headers
      const trust = trustOf(request, origins)
      if (trust === 'anonymous') ignoreAmbientCredentials(request)
      if (trust !== 'none') return undefined
      relay.onError(new WildcastError('forbidden', hintFor(origin, origins)), { stage: 'origin' })
      return `pages from ${JSON.stringify(origin)} may not use this relay; add the origin to its "origins"`
    }

    routes.use('*', (c, next) => {
      const { incoming } = c.env as HttpBindings
      const refusal = refusalOf(incoming)
      if (refusal !== undefined) return Promise.resolve(c.text(`forbidden: ${refusal}\n`, 403))
      // An OPTIONS without that header is a request like any other.
      const asks = c.req.method !== 'OPTIONS' || c.req.header('access-control-request-method') !== undefined
      if (!asks) return next()
      const { origin } = incoming.headers
      if (origin !== undefined && origins?.includes(origin)) return thisPageWithCookies(c, next)
      return opensAll ? anyPage(c, next) : thisPage(c, next)
    })
    onUpgrade(({ request, socket }) => {
      const refusal = refusalOf(request)
      if (refusal === undefined) return false
      refuseHandshake(socket, 403, refusal)
      return true
    })
  }
}

/** The line for the log, with the line to add to the configuration. */
function hintFor(origin: string, origins: readonly string[] = []): string {
  const page = JSON.stringify(origin.slice(0, longestLogged))
  const why = `pages from ${page} may not use this relay`
  if (!isOrigin(origin) || origin === 'null' || origin.length > longestLogged) return why
  const list = [...origins, origin].map((one) => JSON.stringify(one)).join(', ')
  return `${why}; to allow them, write: origins = [${list}]`
}
