import { WildcastError } from '@wildcast/protocol'
import type { Wire } from '../../core/outbox.js'
import type { Relay } from '../../core/relay.js'

/** One WebSocket, as the dialects see it. It carries finished frames; nothing is written once it is closing. */
export interface Line extends Wire {
  /** Sends a ping of WebSocket's own, for dialects that have none. */
  ping(): void
  pause(): () => void
}

/** What is spoken over a line. */
export interface Dialect {
  /** One WebSocket message: a string for text, bytes for binary. */
  receive(data: string | Uint8Array): void
  /** Asks the client for a sign of life. */
  ping(): void
  /** The relay goes away, and closes the line; the client shall come back at a random moment of this window. */
  goAway(windowMs: readonly [number, number]): void
  /** The line is gone. */
  close(): void
}

/** Opens a dialect on a line. */
export type OpenDialect = (relay: Relay, line: Line) => Dialect

/** Why a line is closed when the relay goes away. */
export function goingAway(): WildcastError {
  return new WildcastError('going_away', 'the relay goes away; reconnect')
}
