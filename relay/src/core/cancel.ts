/** Cancels work: an `AbortSignal` or a `Cancel`. */
export interface CancelSignal {
  readonly aborted: boolean
  /** The argument of `abort`. */
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(kind: 'abort', run: () => void): void
  removeEventListener(kind: 'abort', run: () => void): void
}

/**
 * An `AbortController` that is its own signal, made for each request: the platform's takes 7 µs and
 * a kilobyte of garbage, a third of a request's cost (docs/decisions/0013). It is simpler:
 * listeners must not throw, be added twice, or be removed by another listener.
 */
export class Cancel implements CancelSignal {
  reason: unknown
  #aborted = false
  #listeners: (() => void)[] | undefined

  get aborted(): boolean {
    return this.#aborted
  }

  /** Later calls do nothing. */
  abort(reason: unknown): void {
    if (this.#aborted) return
    this.#aborted = true
    this.reason = reason
    const listeners = this.#listeners
    this.#listeners = undefined
    for (const run of listeners ?? []) run()
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.reason
  }

  addEventListener(_kind: 'abort', run: () => void): void {
    if (this.#aborted) return
    this.#listeners ??= []
    this.#listeners.push(run)
  }

  removeEventListener(_kind: 'abort', run: () => void): void {
    const left = this.#listeners?.filter((one) => one !== run)
    this.#listeners = left && left.length > 0 ? left : undefined
  }
}
