import { WildcastError } from '@wildcast/protocol'
import type { Clock } from './clock.js'
import { isRefused } from './condition-failed.js'
import type { Observer } from './observer.js'
import type { Soon } from './store.js'

/** One of 16 publishes is timed: reading the clock for each would cost too much. */
const timedOf = 16

/** Counts the publishes of each broker, and their outcomes, and times some of them. */
export class PublishCounts {
  readonly #observer: Observer
  readonly #clock: Clock
  #publishes = 0

  constructor(observer: Observer, clock: Clock) {
    this.#observer = observer
    this.#clock = clock
  }

  /** Runs a step before a publish. An exception counts as a failed publish. */
  step<Result>(broker: string, step: () => Result): Result {
    try {
      return step()
    } catch (cause) {
      this.#observer.failed(broker, WildcastError.from(cause).code)
      throw cause
    }
  }

  /** Runs a publish. */
  publish<Step extends Soon<unknown>>(broker: string, publish: () => Step): Step | Promise<Awaited<Step>> {
    const observer = this.#observer
    const count = (result: unknown): void =>
      isRefused(result) ? observer.failed(broker, 'condition_failed') : observer.published(broker)
    const begun = this.#publishes++ % timedOf === 0 ? this.#clock.now() : undefined
    const sent = this.step(broker, publish)
    if (!(sent instanceof Promise)) {
      count(sent)
      return sent
    }
    return sent.then(
      (result) => {
        if (begun !== undefined) observer.timed(broker, this.#clock.now() - begun)
        count(result)
        return result
      },
      (cause) => {
        observer.failed(broker, WildcastError.from(cause).code)
        throw cause
      },
    )
  }
}
