interface PendingCall {
  resolve(result: unknown): void
  reject(cause: Error): void
}

/** The calls of a thread that it has not answered, by their numbers. */
export class PendingCalls {
  readonly #calls: Map<number, PendingCall> = new Map()
  #last = 0

  get size(): number {
    return this.#calls.size
  }

  /** Adds a call. Returns its number, and a promise of its result. */
  add<Result>(): { readonly number: number; readonly result: Promise<Result> } {
    const number = ++this.#last
    const result = new Promise<Result>((resolve, reject) => {
      this.#calls.set(number, { resolve: (given) => resolve(given as Result), reject })
    })
    return { number, result }
  }

  resolve(number: number, result: unknown): void {
    this.#take(number)?.resolve(result)
  }

  reject(number: number, cause: Error): void {
    this.#take(number)?.reject(cause)
  }

  rejectAll(cause: Error): void {
    for (const number of [...this.#calls.keys()]) this.reject(number, cause)
  }

  #take(number: number): PendingCall | undefined {
    const call = this.#calls.get(number)
    this.#calls.delete(number)
    return call
  }
}
