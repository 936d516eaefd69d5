import type { Soon } from '../store.js'

/**
 * A question whose answer holds for all that ask before it is put: those who ask while one is under
 * way share the next one.
 */
export class SharedQuestion<Answer> {
  readonly #put: () => Soon<Answer>
  #current: Promise<Answer> | undefined
  #next: Promise<Answer> | undefined

  constructor(put: () => Soon<Answer>) {
    this.#put = put
  }

  /** Returns an answer that is not older than the call. Rejects as the question. */
  ask(): Soon<Answer> {
    if (!this.#current) return this.#begin()
    this.#next ??= this.#current.then(
      () => this.#putNext(),
      () => this.#putNext(),
    )
    return this.#next
  }

  #putNext(): Soon<Answer> {
    this.#next = undefined
    return this.#begin()
  }

  #begin(): Soon<Answer> {
    const answer = this.#put()
    if (!(answer instanceof Promise)) return answer
    const current = answer.finally(() => {
      if (this.#current === current) this.#current = undefined
    })
    this.#current = current
    return current
  }
}
