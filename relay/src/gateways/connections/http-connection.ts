import type { WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from '../../core/cancel.js'
import type { Connection } from './connection.js'
import type { Watched } from './heartbeat.js'

/** A connection whose client sends its frames by POST. */
export interface HttpConnection extends Connection, Watched {
  /** As `PostedFrames.take`. */
  take(from: number, lines: string, cutOff: CancelSignal): Promise<number>
  /** Resolves when the client may send more, or is gone. */
  whenReady(): Promise<void>
  goAway(windowMs: readonly [number, number]): void
  whenAnswered(): Promise<void>
  leave(error: WildcastError): void
}
