import type { Outlet } from '../../core/outlet.js'
import { rateKeyOf } from '../../core/session-rates.js'
import type { Gateway } from '../gateway.js'
import { brokerOfUrl } from './broker-of-url.js'
import { addressOf, identityOfRequest } from './credentials.js'
import { onlyBy } from './only-by.js'
import { readBody } from './read-body.js'
import { subjectOfPath } from './subject-of-path.js'

/** A client that only publishes gets nothing. */
const ignoringOutlet: Outlet = { deliver: () => {}, ended: () => {} }

/**
 * `POST /publish/<subject>`: the body's bytes are the payload; `?broker=` selects another broker
 * than the default one.
 */
export const http: Gateway = ({ routes }, relay) => {
  const limit = { maxBytes: relay.limits.payload, remedy: 'send it in parts' }

  routes.post('/publish/*', async (c) => {
    const identity = await identityOfRequest(c, relay)
    const payload = await readBody(c, relay, limit)
    const subject = subjectOfPath(new URL(c.req.url).pathname, '/publish/')
    const session = relay.open(ignoringOutlet, identity, rateKeyOf(identity.user, addressOf(c)))
    try {
      await session.publish({ subject, payload, broker: brokerOfUrl(c.req.url) })
    } finally {
      session.close()
    }
    return c.text('published to subject', 202)
  })
  routes.all('/publish/*', (c) => onlyBy(c, 'POST'))
}
