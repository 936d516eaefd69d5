import type { HttpBindings } from '@hono/node-server'
import { refusal } from '@wildcast/protocol'
import type { Identity } from '../../core/access/identity.js'
import type { Gateway } from '../gateway.js'
import { credentialsOf, identityOfRequest } from './credentials.js'
import { onlyBy } from './only-by.js'
import { namedTicket } from './ticket-name.js'

/** Options of `tickets`. */
export interface TicketsOptions {
  /** Makes a ticket for a client. Absent: the relay asks for no credentials. */
  readonly issueTicket?: ((identity: Identity) => string) | undefined
}

/** How long a ticket is valid, in seconds. */
const ticketS = 30

/**
 * `POST /ticket` with credentials answers `{"ticket": "…", "expires_in": 30}`. A ticket stands in a
 * URL, as `?ticket=…`, if no header can be sent: by an `EventSource`, or in a link. It is valid
 * once.
 */
export function tickets({ issueTicket }: TicketsOptions = {}): Gateway {
  return ({ routes }, relay) => {
    routes.post('/ticket', async (c) => {
      if (!issueTicket) return c.text('this relay has no authentication; leave the ticket out\n', 404)
      // A chain of tickets would outlive the token, and decisions of the hook.
      if (credentialsOf((c.env as HttpBindings).incoming).ticket !== undefined)
        throw refusal('unauthorized', 'a ticket is not valid here; send the token')
      const ticket = namedTicket(relay.id, issueTicket(await identityOfRequest(c, relay)))
      return c.json({ ticket, expires_in: ticketS }, 200, { 'cache-control': 'no-store' })
    })
    routes.all('/ticket', (c) => onlyBy(c, 'POST'))
  }
}
