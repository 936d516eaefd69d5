import { cors } from 'hono/cors'
import { type Gateway, refuseHandshake } from '../gateway.js'

/** Options of `crossOrigin`. */
export interface CrossOriginOptions {
  /**
   * The origins whose pages may use the relay, such as `https://shop.example`, exactly as browsers
   * write them. @default all
   */
  readonly origins?: readonly string[] | undefined
}

/** Returns whether a text is an origin as browsers write it: without a path or a default port. */
export function isOrigin(text: string): boolean {
  return text === 'null' || (URL.canParse(text) && new URL(text).origin === text)
}

/** Seconds for which a browser may cache a permission. */
const rememberedS = 600

/**
 * Allows or refuses pages of other origins, before any endpoint reads the request. Browsers always
 * send a page's origin and other programs need not, so this protects only users of browsers. It
 * never asks for cookies. Must precede all other gateways.
 */
export function crossOrigin({ origins }: CrossOriginOptions = {}): Gateway {
  const allows = (origin: string | undefined): boolean =>
    origin === undefined || origins === undefined || origins.includes(origin)
  const refusal = (origin: string | undefined): string =>
    `pages from ${JSON.stringify(origin)} may not use this relay; add the origin to its "origins"`
  const headers = cors({
    origin: origins ? (origin) => (origins.includes(origin) ? origin : null) : '*',
    exposeHeaders: ['x-request-id'],
    maxAge: rememberedS,
  })

  return ({ routes, onUpgrade }) => {
    routes.use('*', (c, next) => {
      const origin = c.req.header('origin')
      if (!allows(origin)) return Promise.resolve(c.text(`forbidden: ${refusal(origin)}\n`, 403))
      // An OPTIONS without that header is a request like any other.
      const asks = c.req.method !== 'OPTIONS' || c.req.header('access-control-request-method') !== undefined
      return asks ? headers(c, next) : next()
    })
    onUpgrade(({ request, socket }) => {
      const { origin } = request.headers
      if (allows(origin)) return false
      refuseHandshake(socket, 403, refusal(origin))
      return true
    })
  }
}
