import type { WildcastError } from '@wildcast/protocol'

/** A line that the server may refuse. */
export interface ConfirmedPublish {
  readonly kind: 'publish' | 'subscription'
  readonly subject: string
  readonly queue?: string | undefined
  readonly reply?: string | undefined
}

interface Waiting {
  readonly said: ConfirmedPublish | undefined
  /** All of one turn wait for the same PONG. */
  readonly turn: number
  refusal?: WildcastError
  resolve(): void
  reject(error: WildcastError): void
}

/**
 * Whether the server has taken what was said to it. NATS says nothing when it does, and answers a
 * PING in order: one PING is sent for all that was said in a turn, and what was not refused before
 * its PONG was taken.
 */
export class Confirmations {
  readonly #flush: () => Promise<void>
  readonly #waiting: Set<Waiting> = new Set()
  #turn = 0
  #open = false
  #over: WildcastError | undefined

  /** `flush` sends a PING and resolves with its PONG. */
  constructor(flush: () => Promise<void>) {
    this.#flush = flush
  }

  /**
   * Resolves when the server has taken what is said in this turn. To be called before that is sent.
   */
  of(said?: ConfirmedPublish): Promise<void> {
    if (this.#over) return Promise.reject(this.#over)
    // Asked for before the library asks for its own turn to write: so the PING goes out in the same
    // write.
    if (!this.#open) queueMicrotask(() => this.#ping())
    this.#open = true
    return new Promise((resolve, reject) => {
      this.#waiting.add({ said, turn: this.#turn, resolve, reject })
    })
  }

  /**
   * The server has refused the first line that this can mean. False where none waits that it could.
   */
  refuse(means: (said: ConfirmedPublish) => boolean, error: WildcastError): boolean {
    return mark(this.#refusable(means)[0], error)
  }

  /** The server has refused the last line of a turn that this can mean. */
  refuseLast(means: (said: ConfirmedPublish) => boolean, error: WildcastError): boolean {
    const refusable = this.#refusable(means)
    return mark(
      refusable.findLast(({ turn }) => turn === refusable[0]?.turn),
      error,
    )
  }

  /** Nothing is confirmed any more. */
  end(error: WildcastError): void {
    this.#over ??= error
    for (const { reject } of this.#waiting) reject(error)
    this.#waiting.clear()
  }

  #refusable(means: (said: ConfirmedPublish) => boolean): Waiting[] {
    return [...this.#waiting].filter(({ said, refusal }) => said && !refusal && means(said))
  }

  #ping(): void {
    const turn = this.#turn++
    this.#open = false
    this.#flush().then(
      // The library tells of refusals some promises later than of the PONG behind them: when all of
      // those have run, it has.
      () => process.nextTick(() => this.#settle(turn)),
      () => {}, // the connection has ended, which `end` will say
    )
  }

  #settle(turn: number): void {
    for (const waiting of this.#waiting) {
      if (waiting.turn > turn) break
      this.#waiting.delete(waiting)
      if (waiting.refusal) waiting.reject(waiting.refusal)
      else waiting.resolve()
    }
  }
}

function mark(waiting: Waiting | undefined, error: WildcastError): boolean {
  if (waiting) waiting.refusal = error
  return waiting !== undefined
}
