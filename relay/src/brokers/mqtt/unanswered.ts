import type { WildcastError } from '@wildcast/protocol'

export type SettleUnanswered<Value> = (error: WildcastError | undefined, value?: Value) => void

/** What a server was asked and has not answered yet. */
export class Unanswered {
  /** Each fails what was asked. */
  readonly #open: Set<(error: WildcastError) => void> = new Set()
  #ended: WildcastError | undefined
  #quiet: () => void = () => {}

  get isEmpty(): boolean {
    return this.#open.size === 0
  }

  /** Settles as `start` says, or with the error of the end. */
  ask<Value>(start: (settle: SettleUnanswered<Value>) => void): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(this.#ended)
        return
      }
      this.#open.add(reject)
      start((error, value) => {
        this.#open.delete(reject)
        if (error) reject(error)
        else resolve(value as Value)
        if (this.isEmpty) this.#quiet()
      })
    })
  }

  /** Resolves when everything is answered. */
  quiet(): Promise<void> {
    if (this.isEmpty) return Promise.resolve()
    return new Promise((resolve) => {
      this.#quiet = resolve
    })
  }

  /** Fails what is open, and whatever is asked from now on. */
  end(error: WildcastError): void {
    this.#ended = error
    for (const fail of this.#open) fail(error)
    this.#open.clear()
    this.#quiet()
  }
}
