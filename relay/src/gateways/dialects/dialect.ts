import { WildcastError } from '@wildcast/protocol'
import type { Credentials, Identity } from '../../core/access/identity.js'
import type { RelayView } from '../../core/relay.js'
import type { ClientConnection, Dialect } from '../connections/connection.js'

/** A client that has just connected. */
export interface NewClient {
  /** The credentials of its request or handshake. */
  readonly credentials: Credentials
  /** `unknown` if the dialect is to find it out, with the first message. */
  readonly identity: Identity
  /**
   * Called when the dialect has found out who the client is.
   * @throws {WildcastError} `rate_limited` if its user has too many connections
   */
  readonly known?: ((identity: Identity) => void) | undefined
}

/** Opens a dialect on a connection of a client. */
export type OpenDialect = (relay: RelayView, connection: ClientConnection, client: NewClient) => Dialect

/** The error of connections when the relay shuts down. */
export function goingAway(): WildcastError {
  return new WildcastError('going_away', 'the relay goes away; reconnect')
}
