import { WildcastError } from '@wildcast/protocol'
import type { RelayView } from '../../core/relay.js'
import type { ClientConnection, Dialect } from '../connections/connection.js'

/** Opens a dialect on a connection. */
export type OpenDialect = (relay: RelayView, connection: ClientConnection) => Dialect

/** The error of connections when the relay shuts down. */
export function goingAway(): WildcastError {
  return new WildcastError('going_away', 'the relay goes away; reconnect')
}
