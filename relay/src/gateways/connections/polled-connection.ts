import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { TimeSlice } from '../../core/time-slice.js'
import type { NumberedDialect } from './connection.js'
import { HttpConnection } from './http-connection.js'

/** How long a poll without frames waits, in milliseconds. PROTOCOL.md, 2.6. */
const pollMs = 20_000

/** A dialect whose frames are kept until its client has confirmed them. */
export interface KeepingDialect extends NumberedDialect {
  /** Confirms the first `count` frames. */
  confirm(count: number): void
  /** Returns the frames after these, as written; undefined if they are no longer kept. */
  after(count: number): readonly Uint8Array[] | undefined
}

/**
 * A client that polls, since it gets no response that stays open. Its session keeps each frame
 * until the client asks for later ones, so that a lost response loses nothing.
 */
export class PolledConnection extends HttpConnection<KeepingDialect> {
  readonly waiting = 0
  readonly #clock: Clock
  /** Frames without a number, for the next response. */
  #uncounted: Uint8Array[] = []
  #ended: WildcastError | undefined
  /** Makes the waiting poll check for frames. */
  #wake: () => void = () => {}
  #whenEnded: () => void = () => {}

  constructor(clock: Clock, slice: TimeSlice) {
    super(slice)
    this.#clock = clock
  }

  /** Why it has ended, if it has. */
  get ended(): WildcastError | undefined {
    return this.#ended
  }

  /** Takes frames that were written before the first poll. */
  answer(): readonly Uint8Array[] {
    return this.#uncounted.splice(0)
  }

  /**
   * Resolves with the frames after the first `count`, which the client has handled, when there are
   * any; with none after 20 s, when the connection has ended, or on another poll.
   * @throws {WildcastError} `invalid_frame` if they are not kept
   */
  async poll(count: number, gone: AbortSignal): Promise<readonly Uint8Array[]> {
    this.hasReceived = true
    this.#wake()
    this.dialect?.confirm(count)
    let frames = this.#after(count)
    if (frames.length === 0 && !this.#ended) {
      await this.#woken(gone)
      frames = this.#after(count)
    }
    return frames
  }

  /** The session keeps the frames: only wakes the poll. */
  write(): boolean {
    this.hasSent = true
    this.#wake()
    return true
  }

  writeUncounted(frame: Uint8Array): void {
    if (this.#ended) return
    this.#uncounted.push(frame)
    this.write()
  }

  whenDrained(): void {}

  /** Calls back once, when it has ended. */
  whenEnded(run: () => void): void {
    this.#whenEnded = run
  }

  end(error: WildcastError): void {
    if (this.#ended) return
    this.#ended = error
    this.gone()
    this.#wake()
    this.#whenEnded()
  }

  #after(count: number): readonly Uint8Array[] {
    const frames = this.dialect?.after(count) ?? (this.#ended && [])
    if (!frames) throw new WildcastError('invalid_frame', '"Wildcast-Received" must count the frames that have come')
    return [...this.#uncounted.splice(0), ...frames]
  }

  /** Resolves at the end of the turn in which something is written, to take all of it. */
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
