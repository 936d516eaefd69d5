import type { WildcastError } from '@wildcast/protocol'
import type { Wire } from '../../core/wire.js'

/**
 * A connection to one client, as the dialects see it. It carries finished frames; nothing is
 * written once it is closing.
 */
export interface ClientConnection extends Wire {
  /** Asks the client for a sign of life by means of the connection, for dialects that have none. */
  ping(): void
  pause(): () => void
  readonly paused: boolean
}

/** A dialect whose client counts what it sends, so that it may send it again. */
export interface NumberedDialect extends Dialect {
  /** How many messages that count were received. */
  readonly received: number
  /**
   * Receives the message of this number; one that counts is passed over if it was received before.
   * Returns whether it counts.
   */
  receiveAs(number: number, data: string | Uint8Array): boolean
}

/** What is spoken over a connection. */
export interface Dialect {
  /** One message: a string for text, bytes for binary. */
  receive(data: string | Uint8Array): void
  /**
   * The parts of a message that are to be received one by one, as messages of their own. Undefined
   * for one that is whole.
   */
  split?(data: string | Uint8Array): Iterable<string | Uint8Array> | undefined
  /** Asks the client for a sign of life. */
  ping(): void
  /**
   * The relay goes away, and will end this; the client shall come back at a random moment of this
   * window.
   */
  goAway?(windowMs: readonly [number, number]): void
  /** Resolves when each publish that was received is answered. @default at once */
  whenAnswered?(): Promise<void>
  /** Closes the connection with an error, behind what waits to be written. */
  end(error: WildcastError): void
  /** The connection is gone. @param code - the close code that the client gave, if it gave one */
  close(code?: number): void
}
