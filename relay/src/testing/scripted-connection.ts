import type { ClientConnection } from '../gateways/connections/connection.js'
import { type ScriptedWire, scriptedWire } from './scripted-wire.js'

/** A connection without a socket, whose client a test plays. */
export interface ScriptedConnection extends ClientConnection, ScriptedWire {
  pause(): () => void
  /** How often the connection pinged the client. */
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
