import type { Payload } from '@wildcast/protocol'
import type { TimeSlice } from './time-slice.js'

/** A part that waits: one delivery to the members of a feed that share an encoder. */
interface Waiting {
  readonly payload: Payload
  /** Bytes that it retains: 0 if the part before it has the same payload. */
  readonly retains: number
  readonly run: () => void
}

/**
 * Limits of waiting parts and of their bytes. Past half of these bytes the relay doesn't read from
 * clients, but brokers still deliver.
 */
const mostWaiting = 100_000
const mostBytes = 64 * 1024 * 1024

/**
 * Runs the parts of fan-outs in order, as many in one turn of the event loop as time allows. A
 * message that matches a thousand subscriptions of one client has a thousand parts.
 */
export class FanOut {
  readonly #slice: TimeSlice
  #waiting: Waiting[] = []
  /** The index of the next part. */
  #next = 0
  #bytes = 0

  constructor(slice: TimeSlice) {
    this.#slice = slice
  }

  /**
   * Runs a part of a payload's fan-out: now if there is time and no part waits, else in a later
   * turn.
   */
  run(payload: Payload, run: () => void): void {
    if (this.#isEmpty) {
      if (this.#slice.admits(payload.length)) {
        run()
        return
      }
      this.#drainLater()
    }
    const retains = this.#waiting.at(-1)?.payload === payload ? 0 : payload.length
    this.#bytes += retains
    this.#waiting.push({ payload, retains, run })
    while (this.#bytes > mostBytes || this.#waiting.length - this.#next > mostWaiting) this.#runNext()
  }

  get #isEmpty(): boolean {
    return this.#next === this.#waiting.length
  }

  #drain(): void {
    while (!this.#isEmpty && this.#slice.admits(this.#waiting[this.#next]?.payload.length ?? 0)) this.#runNext()
    if (!this.#isEmpty) this.#drainLater()
  }

  #drainLater(): void {
    this.#slice.first(() => this.#drain(), this.#bytes > mostBytes / 2)
  }

  #runNext(): void {
    const next = this.#waiting[this.#next++]
    this.#bytes -= next?.retains ?? 0
    // In bulk, since each removal moves all the others.
    if (this.#next > this.#waiting.length / 2) {
      this.#waiting = this.#waiting.slice(this.#next)
      this.#next = 0
    }
    next?.run()
  }
}
