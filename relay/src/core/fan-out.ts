import type { Payload } from '@wildcast/protocol'
import type { TimeSlice } from './time-slice.js'

/** A part of a fan-out that waits. */
interface Waiting {
  readonly payload: Payload
  /** Bytes that it keeps: none if the part before it keeps the same payload. */
  readonly keeps: number
  readonly run: () => void
}

/**
 * Parts that may wait, and bytes that they may keep. Past half of these bytes clients are not read
 * from, but brokers bring more.
 */
const mostWaiting = 100_000
const mostBytes = 64 * 1024 * 1024

/**
 * Runs the parts of fan-outs in their order, as many in one turn of the event loop as there is time
 * for. One message may match a thousand subscriptions of a client, and is encoded for each of them.
 */
export class FanOut {
  readonly #slice: TimeSlice
  #waiting: Waiting[] = []
  /** Those before it have run. */
  #next = 0
  #bytes = 0

  constructor(slice: TimeSlice) {
    this.#slice = slice
  }

  /**
   * Runs a part of a payload's fan-out: now if there is time and none waits before it, else in a
   * later turn.
   */
  run(payload: Payload, run: () => void): void {
    if (this.#isEmpty) {
      if (this.#slice.admits(payload.length)) {
        run()
        return
      }
      this.#goOnLater()
    }
    const keeps = this.#waiting.at(-1)?.payload === payload ? 0 : payload.length
    this.#bytes += keeps
    this.#waiting.push({ payload, keeps, run })
    while (this.#bytes > mostBytes || this.#waiting.length - this.#next > mostWaiting) this.#runNext()
  }

  get #isEmpty(): boolean {
    return this.#next === this.#waiting.length
  }

  #drain(): void {
    while (!this.#isEmpty && this.#slice.admits(this.#waiting[this.#next]?.payload.length ?? 0)) this.#runNext()
    if (!this.#isEmpty) this.#goOnLater()
  }

  #goOnLater(): void {
    this.#slice.first(() => this.#drain(), this.#bytes > mostBytes / 2)
  }

  #runNext(): void {
    const next = this.#waiting[this.#next++]
    this.#bytes -= next?.keeps ?? 0
    // Many at a time, since each removal moves all the others.
    if (this.#next > this.#waiting.length / 2) {
      this.#waiting = this.#waiting.slice(this.#next)
      this.#next = 0
    }
    next?.run()
  }
}
