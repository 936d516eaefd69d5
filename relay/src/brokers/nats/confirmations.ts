import type { WildcastError } from '@wildcast/protocol'

/** A command that the server may refuse. */
export interface ConfirmedCommand {
  readonly kind: 'publish' | 'subscription'
  readonly subject: string
  readonly queue?: string | undefined
  readonly reply?: string | undefined
}

interface Pending {
  readonly command: ConfirmedCommand | undefined
  /** All commands of one turn wait for the same PONG. */
  readonly turn: number
  refusal?: WildcastError
  resolve(): void
  reject(error: WildcastError): void
}

/**
 * Confirms commands. NATS reports refusals only, and answers a PING in order: one PING follows the
 * commands of each turn, and those that were not refused before its PONG are confirmed.
 */
export class Confirmations {
  readonly #flush: () => Promise<void>
  readonly #waiting: Set<Pending> = new Set()
  #turn = 0
  #open = false
  #ended: WildcastError | undefined

  /** `flush` sends a PING and resolves with its PONG. */
  constructor(flush: () => Promise<void>) {
    this.#flush = flush
  }

  /**
   * Resolves when the server has accepted the commands of this turn. Call it before sending them.
   */
  of(command?: ConfirmedCommand): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended)
    // This microtask runs before the one in which the library writes, so the PING is in that write.
    if (!this.#open) queueMicrotask(() => this.#ping())
    this.#open = true
    return new Promise((resolve, reject) => {
      this.#waiting.add({ command, turn: this.#turn, resolve, reject })
    })
  }

  /** Refuses the first pending command that matches. Returns false if no command matches. */
  refuse(isMatch: (command: ConfirmedCommand) => boolean, error: WildcastError): boolean {
    return mark(this.#refusable(isMatch)[0], error)
  }

  /** Refuses the last pending command that matches in the oldest turn with a match. */
  refuseLast(isMatch: (command: ConfirmedCommand) => boolean, error: WildcastError): boolean {
    const refusable = this.#refusable(isMatch)
    return mark(
      refusable.findLast(({ turn }) => turn === refusable[0]?.turn),
      error,
    )
  }

  /** Rejects all pending and future commands. */
  end(error: WildcastError): void {
    this.#ended ??= error
    for (const { reject } of this.#waiting) reject(error)
    this.#waiting.clear()
  }

  #refusable(isMatch: (command: ConfirmedCommand) => boolean): Pending[] {
    return [...this.#waiting].filter(({ command, refusal }) => command && !refusal && isMatch(command))
  }

  #ping(): void {
    const turn = this.#turn++
    this.#open = false
    this.#flush().then(
      // The library reports a refusal some promises later than the PONG behind it: `nextTick` waits
      // for those promises.
      () => process.nextTick(() => this.#settle(turn)),
      () => {}, // the connection has ended: `end` rejects them
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

function mark(waiting: Pending | undefined, error: WildcastError): boolean {
  if (waiting) waiting.refusal = error
  return waiting !== undefined
}
