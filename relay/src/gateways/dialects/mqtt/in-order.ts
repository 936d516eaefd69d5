/**
 * Runs the answers to packets in the order of the packets, also if their work ends in another
 * [MQTT-4.6.0-2, MQTT-4.6.0-3].
 */
export class InOrder {
  readonly #waiting: { answer?: (() => void) | undefined }[] = []
  #whenEmpty: (() => void)[] = []

  /** The number of answers that wait. */
  get size(): number {
    return this.#waiting.length
  }

  /** Runs an answer, after all that wait. */
  now(answer: () => void): void {
    if (this.#waiting.length === 0) answer()
    else this.#waiting.push({ answer })
  }

  /** Makes room for an answer. Call the result when it is known. */
  later(): (answer: () => void) => void {
    const one: { answer?: () => void } = {}
    this.#waiting.push(one)
    return (answer) => {
      one.answer = answer
      this.#flush()
    }
  }

  /** Resolves when no answer waits. */
  whenEmpty(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#whenEmpty.push(resolve))
  }

  #flush(): void {
    for (let next = this.#waiting[0]; next?.answer; next = this.#waiting[0]) {
      this.#waiting.shift()
      next.answer()
    }
    if (this.#waiting.length > 0) return
    const waiting = this.#whenEmpty
    this.#whenEmpty = []
    for (const run of waiting) run()
  }
}
