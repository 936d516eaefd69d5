import { WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from '../../core/cancel.js'
import type { Settle } from '../../core/outlet.js'
import type { TimeSlice } from '../../core/time-slice.js'
import type { ClientConnection, NumberedDialect } from './connection.js'
import type { Watched } from './heartbeat.js'
import { PostedFrames } from './posted-frames.js'

/**
 * A connection whose client sends its frames by POST; how it receives those of the relay is open.
 */
export abstract class HttpConnection<Spoken extends NumberedDialect = NumberedDialect>
  implements ClientConnection, Watched
{
  readonly unfinished = 0
  readonly completed = 0
  sent = true
  abstract readonly waiting: number
  protected dialect: Spoken | undefined
  readonly #posted: PostedFrames
  #heard = true

  constructor(slice: TimeSlice) {
    this.#posted = new PostedFrames(slice)
  }

  abstract write(bytes: Uint8Array, done?: Settle): boolean
  abstract whenDrained(run: () => void): void
  abstract end(error: WildcastError): void

  /** A client that is not read from can't be heard. */
  get heard(): boolean {
    return this.#heard || this.paused
  }

  set heard(heard: boolean) {
    this.#heard = heard
  }

  speak(dialect: Spoken): void {
    this.dialect = dialect
    this.#posted.speak(dialect)
  }

  /** As `PostedFrames.take`. */
  take(from: number, lines: string, cutOff: CancelSignal): Promise<number> {
    this.heard = true
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

  /** Nothing more is taken from the client. */
  gone(): void {
    this.#posted.end()
  }

  /** Nothing beneath the frames could carry one. */
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
