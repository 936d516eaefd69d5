import { WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from '../../core/cancel.js'
import type { Settle } from '../../core/outlet.js'
import type { TimeSlice } from '../../core/time-slice.js'
import type { ClientConnection, NumberedDialect } from './connection.js'
import type { Watched } from './heartbeat.js'
import { PostedFrames } from './posted-frames.js'

/** A connection whose client sends frames by POST. Subclasses decide how it receives frames. */
export abstract class HttpConnection<Numbered extends NumberedDialect = NumberedDialect>
  implements ClientConnection, Watched
{
  readonly unfinished = 0
  readonly completed = 0
  hasSent = true
  abstract readonly waiting: number
  protected dialect: Numbered | undefined
  readonly #posted: PostedFrames
  #hasReceived = true

  constructor(slice: TimeSlice) {
    this.#posted = new PostedFrames(slice)
  }

  abstract write(bytes: Uint8Array, done?: Settle): boolean
  abstract whenDrained(run: () => void): void
  abstract end(error: WildcastError): void

  /** True during a pause, in which nothing can come. */
  get hasReceived(): boolean {
    return this.#hasReceived || this.paused
  }

  set hasReceived(hasReceived: boolean) {
    this.#hasReceived = hasReceived
  }

  use(dialect: Numbered): void {
    this.dialect = dialect
    this.#posted.use(dialect)
  }

  /** See `PostedFrames.take`. */
  take(from: number, lines: string, cutOff: CancelSignal): Promise<number> {
    this.hasReceived = true
    return this.#posted.take(from, lines, cutOff)
  }

  pause(): () => void {
    return this.#posted.pause()
  }

  get paused(): boolean {
    return this.#posted.isPaused
  }

  /** Resolves when the client may send more, or is gone. */
  whenReady(): Promise<void> {
    return this.#posted.whenReady()
  }

  /** Takes nothing more from the client. */
  gone(): void {
    this.#posted.end()
  }

  /** HTTP has no ping of its own. */
  ping(): void {
    this.dialect?.ping()
  }

  quiet(): void {
    this.dialect?.ping()
  }

  lost(why: string): void {
    this.end(new WildcastError('timeout', why))
  }

  goAway(windowMs: readonly [number, number]): void {
    this.dialect?.goAway?.(windowMs)
  }

  async whenAnswered(): Promise<void> {
    await this.dialect?.whenAnswered?.()
  }

  leave(error: WildcastError): void {
    this.dialect?.end(error)
  }
}
