import type { Context } from 'hono'
import type { Outlet } from '../../core/outlet.js'
import type { RelayView } from '../../core/relay.js'
import type { Session } from '../../core/session.js'
import { rateKeyOf } from '../../core/session-rates.js'
import { addressOf, identityOfRequest } from './credentials.js'

/** The client of a single request gets no message. */
const ignoringOutlet: Outlet = { deliver: () => {}, ended: () => {} }

/**
 * Runs a step in a session of the request's client, which lasts no longer. The client is known
 * before its body is read.
 * @throws {WildcastError} by rejection: `unauthorized`, `token_expired`
 */
export async function withRequestSession<Result>(
  c: Context,
  relay: RelayView,
  step: (session: Session) => Promise<Result>,
): Promise<Result> {
  const identity = await identityOfRequest(c, relay)
  const session = relay.open(ignoringOutlet, identity, rateKeyOf(identity.user, addressOf(c)))
  try {
    return await step(session)
  } finally {
    session.close()
  }
}
