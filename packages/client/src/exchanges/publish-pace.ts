import type { ClientClock } from '../time/clock.js'
import { openTimer, type Timer } from '../time/timer.js'

/**
 * How many publishes may be in flight. After the relay has refused one because of its rate, none is
 * sent for the time that the relay names, then one, and twice as many each time that all are
 * answered.
 */
export class PublishPace {
  readonly #timer: Timer
  readonly #resume: () => void
  /** The most publishes in flight; 0 during the wait. */
  #most = Infinity
  /** The refs of the publishes in flight, while their number is limited. */
  readonly #inFlight = new Set<number>()

  /** @param resume - called when more publishes may be sent */
  constructor(clock: ClientClock, resume: () => void) {
    this.#timer = openTimer(clock)
    this.#resume = resume
  }

  /** Whether one more publish may be sent. */
  get isOpen(): boolean {
    return this.#inFlight.size < this.#most
  }

  /** The relay has refused a publish, which is sent again after `ms` milliseconds. */
  wait(ref: number, ms: number): void {
    this.#inFlight.delete(ref)
    this.#most = 0
    this.#timer.set(ms, () => {
      this.#most = 1
      this.#resume()
    })
  }

  sent(ref: number): void {
    if (this.#most < Infinity) this.#inFlight.add(ref)
  }

  /** A frame has its outcome. */
  answered(ref: number): void {
    if (!this.#inFlight.delete(ref) || this.#inFlight.size > 0) return
    this.#most *= 2
    this.#resume()
  }

  /** No publish waits: the limit ends. */
  end(): void {
    if (this.#most > 0) this.#most = Infinity
  }

  /** The session is lost, and with it what was in flight. */
  lose(isOver: boolean): void {
    this.#inFlight.clear()
    if (isOver) this.#timer.stop()
  }
}
