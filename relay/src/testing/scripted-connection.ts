import type { ClientConnection } from '../gateways/connections/connection.js'
import { type ScriptedWire, scriptedWire } from './scripted-wire.js'

/** A connection whose client a test plays, without a socket. */
export interface ScriptedConnection extends ClientConnection, ScriptedWire {
  pause(): () => void
  /** How often the client was asked for a sign of life by means of the connection. */
  readonly pings: number
}

export function scriptedConnection(): ScriptedConnection {
  const wire = scriptedWire()
  let pings = 0
  return Object.defineProperties(wire, {
    ping: { value: () => void pings++ },
    pings: { get: () => pings },
  }) as ScriptedConnection
}
