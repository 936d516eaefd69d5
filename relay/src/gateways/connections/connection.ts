import type { WildcastError } from '@wildcast/protocol'
import type { Wire } from '../../core/wire.js'

/**
 * A connection to one client, as the dialects see it. It carries encoded frames, and writes none
 * once it is closing.
 */
export interface ClientConnection extends Wire {
  /** Pings the client by means of the connection, for dialects without a ping. */
  ping(): void
  pause(): () => void
  readonly paused: boolean
}

/** A dialect whose client numbers its messages, so that it can send them again. */
export interface NumberedDialect extends Dialect {
  /** The number of counted messages that were received. */
  readonly received: number
  /**
   * Receives the message of this number. A counted one is skipped if it was received before.
   * Returns whether it counts.
   */
  receiveAs(number: number, data: string | Uint8Array): boolean
}

/** A dialect on a connection. */
export interface Dialect {
  /** Receives a message: a string for text, bytes for binary. */
  receive(data: string | Uint8Array): void
  /**
   * Returns the parts of a message that are to be received one by one. Undefined if it has no
   * parts.
   */
  split?(data: string | Uint8Array): Iterable<string | Uint8Array> | undefined
  /** Pings the client. */
  ping(): void
  /**
   * Announces that the relay will end this connection. The client should come back at a random time
   * in the window.
   */
  goAway?(windowMs: readonly [number, number]): void
  /** Resolves when every received publish is answered. @default at once */
  whenAnswered?(): Promise<void>
  /** Closes the connection with an error, after waiting frames. */
  end(error: WildcastError): void
  /** The connection is gone. @param code - the client's close code, if it sent one */
  close(code?: number): void
}
