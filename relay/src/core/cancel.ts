/** What ends work early: an `AbortSignal`, or a `Cancel`. */
export interface CancelSignal {
  readonly aborted: boolean
  /** What it was aborted with. */
  readonly reason: unknown
  throwIfAborted(): void
  addEventListener(kind: 'abort', run: () => void): void
  removeEventListener(kind: 'abort', run: () => void): void
}

/**
 * An `AbortController` that is its own signal, for what there is one of for each request: the
 * platform's takes 7 µs and a kilobyte of garbage, a third of all that a request took. See
 * docs/decisions/0013. Simpler in that a listener is not expected to throw, to be added twice, or
 * to be removed by another one.
 */
export class Cancel implements CancelSignal {
  reason: unknown
  #aborted = false
  #listeners: (() => void)[] | undefined

  get aborted(): boolean {
    return this.#aborted
  }

  /** Only the first counts. */
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
