import type { WildcastError } from '@wildcast/protocol'

export type SettleUnanswered<Value> = (error: WildcastError | undefined, value?: Value) => void

/** The commands of a connection that the server has not answered. */
export class Unanswered {
  /** Reject the pending commands. */
  readonly #pending: Set<(error: WildcastError) => void> = new Set()
  #ended: WildcastError | undefined
  #resolveIdle: () => void = () => {}

  get isEmpty(): boolean {
    return this.#pending.size === 0
  }

  /** Sends a command with `start`, which settles it. The end of the connection rejects it. */
  send<Value>(start: (settle: SettleUnanswered<Value>) => void): Promise<Value> {
    return new Promise((resolve, reject) => {
      if (this.#ended) {
        reject(this.#ended)
        return
      }
      this.#pending.add(reject)
      start((error, value) => {
        this.#pending.delete(reject)
        if (error) reject(error)
        else resolve(value as Value)
        if (this.isEmpty) this.#resolveIdle()
      })
    })
  }

  /** Resolves when all commands are answered. */
  whenIdle(): Promise<void> {
    if (this.isEmpty) return Promise.resolve()
    return new Promise((resolve) => {
      this.#resolveIdle = resolve
    })
  }

  /** Rejects all pending and future commands. */
  end(error: WildcastError): void {
    this.#ended = error
    for (const fail of this.#pending) fail(error)
    this.#pending.clear()
    this.#resolveIdle()
  }
}
