import type { Context } from 'hono'
import { accountOf, type Identity } from '../../core/access/identity.js'
import type { RelayView } from '../../core/relay.js'
import { addressOf, identityOfRequest } from './credentials.js'

/** The client of a request that stays open. */
export interface Entered {
  readonly identity: Identity
  readonly address: string | undefined
  /** Must be called when the request is over. */
  leave(): void
}

/**
 * Counts a request that stays open as a connection, and finds out who its client is.
 * @throws {WildcastError} by rejection: `rate_limited`, `unauthorized`, `token_expired`
 */
export async function entered(c: Context, relay: RelayView): Promise<Entered> {
  const { connections } = relay
  const address = addressOf(c)
  const place = connections.enter(address)
  const leave = (): void => connections.leave(place)
  try {
    const identity = await identityOfRequest(c, relay)
    connections.known(place, accountOf(identity))
    return { identity, address, leave }
  } catch (cause) {
    leave()
    throw cause
  }
}
