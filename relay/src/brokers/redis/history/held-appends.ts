import type { Clock } from '../../../core/clock.js'
import type { ScriptArgument } from '../scripts.js'

/** The most messages and bytes of one call: Redis serves no other client meanwhile. */
const most = { messages: 64, bytes: 256 * 1024 }

interface HeldAppend {
  readonly args: readonly ScriptArgument[]
  resolve(reply: unknown): void
  reject(cause: unknown): void
}

/** Appends messages, and resolves with the reply for each, which may be an error. */
export type AppendAll = (messages: readonly (readonly ScriptArgument[])[]) => Promise<readonly unknown[]>

/**
 * Holds the messages of a turn of the event loop, to append them with one call: a call costs Redis
 * more than a message does.
 */
export class HeldAppends {
  readonly #appendAll: AppendAll
  readonly #clock: Clock
  #held: HeldAppend[] = []
  #bytes = 0

  constructor(appendAll: AppendAll, clock: Clock) {
    this.#appendAll = appendAll
    this.#clock = clock
  }

  /** Resolves with the reply for a message. */
  add(args: readonly ScriptArgument[], bytes: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#held.length === 0) this.#clock.endOfTurn(() => this.flush())
      this.#held.push({ args, resolve, reject })
      this.#bytes += bytes
      if (this.#held.length >= most.messages || this.#bytes >= most.bytes) this.flush()
    })
  }

  /** Appends what is held. Call it before another command is sent: so all keep their order. */
  flush(): void {
    const held = this.#held
    if (held.length === 0) return
    this.#held = []
    this.#bytes = 0
    this.#appendAll(held.map(({ args }) => args)).then(
      (replies) => {
        for (const [i, { resolve, reject }] of held.entries()) {
          const reply = replies[i]
          if (reply instanceof Error) reject(reply)
          else resolve(reply)
        }
      },
      (cause) => {
        for (const { reject } of held) reject(cause)
      },
    )
  }
}
