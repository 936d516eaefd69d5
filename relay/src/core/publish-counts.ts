import { WildcastError } from '@wildcast/protocol'
import { isRefused } from './condition-failed.js'
import type { Observer } from './observer.js'
import type { Soon } from './store.js'

/** Counts the publishes of each broker, and their outcomes. */
export class PublishCounts {
  readonly #observer: Observer

  constructor(observer: Observer) {
    this.#observer = observer
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
    const sent = this.step(broker, publish)
    if (!(sent instanceof Promise)) {
      count(sent)
      return sent
    }
    return sent.then(
      (result) => {
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
