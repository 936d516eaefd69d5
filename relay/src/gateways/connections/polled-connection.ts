import { WildcastError } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { TimeSlice } from '../../core/time-slice.js'
import type { NumberedDialect } from './connection.js'
import { HttpConnection } from './http-connection.js'

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
 * A client that asks for frames again and again, since nothing brings it an answer that goes on.
 * What is written to it is kept by its session until it has asked for what follows, so that nothing
 * is lost with an answer.
 */
export class PolledConnection extends HttpConnection<KeepingDialect> {
  readonly waiting = 0
  readonly #clock: Clock
  /** Frames without a number, for the next answer. */
  #uncounted: Uint8Array[] = []
  #ended: WildcastError | undefined
  /** Has the client that waits look again. */
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

  /** Frames that were written before the client asked for any. */
  answer(): readonly Uint8Array[] {
    return this.#uncounted.splice(0)
  }

  /**
   * Resolves with the frames after the first `count`, which the client has handled, as soon as
   * there are any; with none after 20 s, when it has ended, or when the client asks anew.
   * @throws {WildcastError} `invalid_frame` if they can't be had
   */
  async poll(count: number, gone: AbortSignal): Promise<readonly Uint8Array[]> {
    this.heard = true
    this.#wake()
    this.dialect?.confirm(count)
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

  /**
   * Resolves at the end of the turn in which something is written, so that all of it goes along.
   */
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
