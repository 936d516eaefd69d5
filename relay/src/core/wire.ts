import type { WildcastError } from '@wildcast/protocol'
import type { Settle } from './outlet.js'

/** The sink of a client's frames: a socket, or the body of a response. */
export interface Wire {
  /**
   * Writes a buffer; `done` is called with whether it left the process. Returns false if the reader
   * is behind: the next write must wait for `whenDrained`.
   */
  write(bytes: Uint8Array, done?: Settle): boolean
  /** Writes a frame without a number. @default `write` */
  writeUncounted?(frame: Uint8Array): void
  /** Calls back once when all written bytes have left. */
  whenDrained(run: () => void): void
  /** Written bytes that have not left. It changes while the reader reads. */
  readonly waiting: number
  /** Stops reading from the client until the undo is called. */
  pause?(): () => void
  /** Whether reading is paused. @default false */
  readonly paused?: boolean
  /** Closes with the code and the text of an error. */
  end(error: WildcastError): void
}
