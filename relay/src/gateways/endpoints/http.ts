import type { Gateway } from '../gateway.js'
import { brokerOfUrl } from './broker-of-url.js'
import { onlyBy } from './only-by.js'
import { readBody } from './read-body.js'
import { withRequestSession } from './request-session.js'
import { subjectOfPath } from './subject-of-path.js'
import { traceOfRequest } from './trace-of-request.js'

/**
 * `POST /publish/<subject>`: the body's bytes are the payload; `?broker=` selects another broker
 * than the default one.
 */
export const http: Gateway = ({ routes }, relay) => {
  const limit = { maxBytes: relay.limits.payload, remedy: 'send it in parts' }

  routes.post('/publish/*', async (c) => {
    await withRequestSession(c, relay, async (session) => {
      const payload = await readBody(c, relay, limit)
      const subject = subjectOfPath(new URL(c.req.url).pathname, '/publish/')
      const headers = traceOfRequest(c, relay.limits.payload - payload.length)
      await session.publish({ subject, payload, headers, broker: brokerOfUrl(c.req.url) })
    })
    return c.text('published to subject', 202)
  })
  routes.all('/publish/*', (c) => onlyBy(c, 'POST'))
}
