import type { WildcastError } from '@wildcast/protocol'
import type { Settle } from './outlet.js'

/** What the frames of a client are written to: a socket, or the body of a response. */
export interface Wire {
  /**
   * Takes a buffer; `done` is called with whether it left the process. Returns false if the reader
   * is behind: the next write is to wait for `whenDrained`.
   */
  write(bytes: Uint8Array, done?: Settle): boolean
  /** Takes a frame that has no number. @default `write` does */
  writeUncounted?(frame: Uint8Array): void
  /** Calls back once, as soon as all that was written has left. */
  whenDrained(run: () => void): void
  /** Bytes that were written and have not left. If the number changes, the reader reads. */
  readonly waiting: number
  /** Reads nothing more from the client until the undo is called. */
  pause?(): () => void
  /** Whether nothing is read from the client now. @default false */
  readonly paused?: boolean
  /** Closes with the code and the text of an error. */
  end(error: WildcastError): void
}
