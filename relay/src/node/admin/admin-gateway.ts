import type { HttpBindings } from '@hono/node-server'
import { WildcastError } from '@wildcast/protocol'
import type { Context } from 'hono'
import type { PageRequest } from '../../core/listing.js'
import type { Whose } from '../../core/signed-in.js'
import { onlyBy } from '../../gateways/endpoints/only-by.js'
import { readBody } from '../../gateways/endpoints/read-body.js'
import type { Gateway } from '../../gateways/gateway.js'
import { isTable } from '../config/schema/table.js'
import type { Disconnect } from './disconnects.js'
import { isFromPage } from './from-page.js'
import type { Operations } from './queries.js'

const usualPage = 100
const longestPage = 1000

/**
 * The operator's endpoints: `GET /sessions`, `GET /subscriptions`, `POST /admin/disconnect`. They
 * contain no payloads and no tokens. Every program that reaches the port may use them; pages may
 * not. Must precede the other gateways of the port.
 * @param host - of the port, as it is configured
 */
export function adminGateway(operations: Promise<Operations>, host?: string): Gateway {
  return ({ routes }, relay) => {
    routes.use('*', (c, next) => {
      const { incoming } = c.env as HttpBindings
      return isFromPage(incoming, host) ? Promise.resolve(c.text(refusal, 403)) : next()
    })

    routes.get('/sessions', async (c) => {
      const { items: sessions, ...page } = await (await operations).sessions(pageIn(c), whoseIn(c))
      const shown = sessions.map(({ since, expires, ...one }) => ({
        ...one,
        since: iso(since),
        ...(expires !== undefined && { expires: iso(expires) }),
      }))
      return c.json({ sessions: shown, ...page }, 200, noStore)
    })

    routes.get('/subscriptions', async (c) => {
      const { items: subscriptions, ...page } = await (await operations).subscriptions(pageIn(c))
      return c.json({ subscriptions, ...page }, 200, noStore)
    })

    routes.post('/admin/disconnect', async (c) => {
      const body = await readBody(c, relay, { maxBytes: 4096, remedy: 'name one user' })
      const { user, namespace } = disconnectIn(body.toString())
      const outcome = await (await operations).disconnect(user, namespace)
      return c.json({ user, ...(namespace !== undefined && { namespace }), ...outcome }, 200, noStore)
    })

    for (const path of ['/sessions', '/subscriptions']) routes.all(path, (c) => onlyBy(c, 'GET, HEAD'))
    routes.all('/admin/disconnect', (c) => onlyBy(c, 'POST'))
  }
}

const refusal = `forbidden: pages may not use the admin port; use wildcast ls, or curl
a program that names another host uses the IP address, or the name that "admin" has in the configuration
`

const noStore = { 'cache-control': 'no-store' }

/** The latest time of a `Date`. A token may be valid for longer. */
const latestMs = 8.64e15

function iso(ms: number): string {
  return new Date(Math.max(-latestMs, Math.min(ms, latestMs))).toISOString()
}

function whoseIn(c: Context): Whose {
  return { user: c.req.query('user'), namespace: c.req.query('namespace') }
}

/** @throws {WildcastError} `invalid_frame` */
function pageIn(c: Context): PageRequest {
  const limit = Number(c.req.query('limit') ?? usualPage)
  if (!Number.isInteger(limit) || limit < 1 || limit > longestPage)
    throw new WildcastError('invalid_frame', `"limit" must be a whole number from 1 to ${longestPage}`)
  return { limit, after: c.req.query('after') }
}

/** @throws {WildcastError} `invalid_frame` */
function disconnectIn(body: string): Pick<Disconnect, 'user' | 'namespace'> {
  try {
    const value: unknown = JSON.parse(body)
    const { user, namespace } = isTable(value) ? value : {}
    const isNamespace = namespace === undefined || (typeof namespace === 'string' && namespace !== '')
    if (typeof user === 'string' && user !== '' && isNamespace) return { user, namespace }
  } catch {
    // Reported below.
  }
  throw new WildcastError('invalid_frame', 'the body must name a user, such as {"user": "ada"}')
}
