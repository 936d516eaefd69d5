import type { WildcastError } from '@wildcast/protocol'
import type { Settle } from '../../core/outlet.js'
import type { Relay } from '../../core/relay.js'

/** One WebSocket, as the dialects see it. */
export interface Line {
  /** Writes finished WebSocket frames; `settle` hears whether they left the process. Nothing is written once the line is closing. */
  write(frames: Uint8Array, settle?: Settle): void
  /** Sends a ping of WebSocket's own, for dialects that have none. */
  ping(): void
  /** Closes with the close code and the words of an error. */
  end(error: WildcastError): void
}

/** What is spoken over a line. */
export interface Dialect {
  /** One WebSocket message: a string for text, bytes for binary. */
  receive(data: string | Uint8Array): void
  /** Asks the client for a sign of life. */
  ping(): void
  /** The relay goes away; the client shall come back at a random moment of this window. */
  goAway(windowMs: readonly [number, number]): void
  /** The line is gone. */
  close(): void
}

/** Opens a dialect on a line. */
export type OpenDialect = (relay: Relay, line: Line) => Dialect
