import type { Outlet } from '../core/outlet.js'
import { bodyLimit } from './body-limit.js'
import { brokerOfUrl } from './broker-of-url.js'
import type { Gateway } from './gateway.js'
import { onlyBy } from './only-by.js'
import { subjectOfPath } from './subject-of-path.js'

/** A client that only publishes is sent nothing. */
const nowhere: Outlet = { encoder: { encode: () => undefined }, deliver: () => {} }

/** `POST /publish/<subject>`: the body's bytes are the payload; `?broker=` names another broker than the default one. */
export const http: Gateway = ({ routes }, relay) => {
  const limit = bodyLimit(relay.limits.payload, 'send it in parts')

  routes.post('/publish/*', limit, async (c) => {
    const session = relay.open(nowhere)
    const subject = subjectOfPath(new URL(c.req.url).pathname, '/publish/')
    await session.publish({ subject, message: await c.req.bytes(), broker: brokerOfUrl(c.req.url) })
    return c.text('published to subject', 202)
  })
  routes.all('/publish/*', (c) => onlyBy(c, 'POST'))
}
