import { cors } from 'hono/cors'
import { type Gateway, refuseHandshake } from '../gateway.js'

export interface CrossOriginOptions {
  /**
   * The origins whose pages may use the relay, such as `https://shop.example`, exactly as browsers
   * write them. @default all
   */
  readonly origins?: readonly string[] | undefined
}

/**
 * Whether a text is an origin as browsers write it: no path, and no port where it is the usual one.
 */
export function isOrigin(text: string): boolean {
  return text === 'null' || (URL.canParse(text) && new URL(text).origin === text)
}

/** Seconds for which a browser may remember what it was allowed. */
const rememberedS = 600

/**
 * Lets pages of other origins in, or keeps them out: at each door, before it looks at a request. A
 * browser always says where a page is from, and other programs need not, so this guards the users
 * of browsers and nothing else. Cookies are never asked for. To be put before all other gateways.
 */
export function crossOrigin({ origins }: CrossOriginOptions = {}): Gateway {
  const allows = (origin: string | undefined): boolean =>
    origin === undefined || origins === undefined || origins.includes(origin)
  const refusal = (origin: string | undefined): string =>
    `pages from ${JSON.stringify(origin)} may not use this relay: look at its "origins"`
  const headers = cors({
    origin: origins ? (origin) => (origins.includes(origin) ? origin : null) : '*',
    exposeHeaders: ['x-request-id'],
    maxAge: rememberedS,
  })

  return ({ routes, onUpgrade }) => {
    routes.use('*', (c, next) => {
      const origin = c.req.header('origin')
      if (!allows(origin)) return Promise.resolve(c.text(`forbidden: ${refusal(origin)}\n`, 403))
      // An OPTIONS that asks for no permission is a request like any other.
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
