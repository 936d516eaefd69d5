import { WildcastError } from '@wildcast/protocol'
import type { CancelSignal } from '../../core/cancel.js'
import type { Clock } from '../../core/clock.js'
import type { TimeSlice } from '../../core/time-slice.js'
import type { NumberedDialect } from './connection.js'
import type { HttpConnection } from './http-connection.js'
import { PostedFrames } from './posted-frames.js'

/** How long a client waits for frames if there are none, in milliseconds. PROTOCOL.md, 2.6. */
const pollMs = 20_000

/** A dialect whose frames are kept until its client has confirmed them. */
export interface KeepingDialect extends NumberedDialect {
  /** The client has handled so many frames. */
  confirm(count: number): void
  /** The frames after these, as they were written. Undefined if they can't be had any more. */
  after(count: number): readonly Uint8Array[] | undefined
}

/**
 * A client that asks for frames again and again, since nothing brings it an answer that goes on. What
 * is written to it is kept by its session until it has asked for what follows, so that nothing is
 * lost with an answer.
 */
export class PolledConnection implements HttpConnection {
  readonly unfinished = 0
  readonly completed = 0
  readonly waiting = 0
  sent = true
  #heard = true
  readonly #clock: Clock
  readonly #posted: PostedFrames
  #dialect: KeepingDialect | undefined
  /** Frames without a number, for the next answer. */
  #uncounted: Uint8Array[] = []
  #ended: WildcastError | undefined
  /** Has the client that waits look again. */
  #wake: () => void = () => {}
  #whenEnded: () => void = () => {}

  constructor(clock: Clock, slice: TimeSlice) {
    this.#clock = clock
    this.#posted = new PostedFrames(slice)
  }

  get heard(): boolean {
    return this.#heard || this.#posted.isPaused
  }

  set heard(heard: boolean) {
    this.#heard = heard
  }

  /** Why it has ended, if it has. */
  get ended(): WildcastError | undefined {
    return this.#ended
  }

  speak(dialect: KeepingDialect): void {
    this.#dialect = dialect
    this.#posted.speak(dialect)
  }

  take(from: number, lines: string, cutOff: CancelSignal): Promise<number> {
    this.heard = true
    return this.#posted.take(from, lines, cutOff)
  }

  /** Frames that were written before the client asked for any. */
  answer(): readonly Uint8Array[] {
    return this.#uncounted.splice(0)
  }

  /**
   * Resolves with the frames after the first `count`, which the client has handled, as soon as there
   * are any; with none after 20 s, when it has ended, or when the client asks anew.
   * @throws {WildcastError} `invalid_frame` if they can't be had
   */
  async poll(count: number, gone: AbortSignal): Promise<readonly Uint8Array[]> {
    this.heard = true
    this.#wake()
    this.#dialect?.confirm(count)
    let frames = this.#after(count)
    if (frames.length === 0 && !this.#ended) {
      await this.#woken(gone)
      frames = this.#after(count)
    }
    return frames
  }

  /** They are kept by the session: only those who wait for them are woken. */
  write(): boolean {
    this.sent = true
    this.#wake()
    return true
  }

  writeUncounted(frame: Uint8Array): void {
    if (this.#ended) return
    this.#uncounted.push(frame)
    this.write()
  }

  whenDrained(): void {}

  pause(): () => void {
    return this.#posted.pause()
  }

  get paused(): boolean {
    return this.#posted.isPaused
  }

  whenReady(): Promise<void> {
    return this.#posted.whenReady()
  }

  ping(): void {
    this.#dialect?.ping()
  }

  quiet(): void {
    this.#dialect?.ping()
  }

  lost(why: string): void {
    this.end(new WildcastError('timeout', why))
  }

  goAway(windowMs: readonly [number, number]): void {
    this.#dialect?.goAway?.(windowMs)
  }

  async whenAnswered(): Promise<void> {
    await this.#dialect?.whenAnswered?.()
  }

  leave(error: WildcastError): void {
    this.#dialect?.end(error)
  }

  /** Calls back once, when it has ended. */
  whenEnded(run: () => void): void {
    this.#whenEnded = run
  }

  end(error: WildcastError): void {
    if (this.#ended) return
    this.#ended = error
    this.#posted.end()
    this.#wake()
    this.#whenEnded()
  }

  #after(count: number): readonly Uint8Array[] {
    const frames = this.#dialect?.after(count) ?? (this.#ended && [])
    if (!frames) throw new WildcastError('invalid_frame', '"Wildcast-Received" must count the frames that have come')
    return [...this.#uncounted.splice(0), ...frames]
  }

  /** Resolves at the end of the turn in which something is written, so that all of it goes along. */
  #woken(gone: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        stop()
        gone.removeEventListener('abort', wake)
        this.#wake = () => {}
        this.#clock.endOfTurn(resolve)
      }
      const stop = this.#clock.after(pollMs, wake)
      gone.addEventListener('abort', wake)
      this.#wake = wake
    })
  }
}
