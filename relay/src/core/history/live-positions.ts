import type { Pattern } from '@wildcast/protocol'
import type { HistoryStore } from '../history-store.js'
import { laterOf, noPosition } from '../position.js'

/** The newest position of a pattern that the broker has confirmed. */
export class LivePositions {
  readonly #store: HistoryStore
  readonly #pattern: Pattern
  #newest: string | undefined
  /** The newest position that was delivered while the store was asked. */
  #seen = noPosition
  #asked: Promise<void> | undefined
  /** Increases when messages were lost, so that earlier answers are ignored. */
  #loss = 0

  constructor(store: HistoryStore, pattern: Pattern) {
    this.#store = store
    this.#pattern = pattern
  }

  /**
   * All kept messages after it are delivered to the subscribers, later than now. Undefined until
   * the store has answered.
   */
  get newest(): string | undefined {
    return this.#newest
  }

  /** Subscribers receive a kept message now. */
  observe(position: string): void {
    if (this.#newest === undefined) this.#seen = laterOf(this.#seen, position)
    else this.#newest = laterOf(this.#newest, position)
  }

  /** Messages were lost. */
  lost(): void {
    this.#loss++
    this.#newest = undefined
    this.#seen = noPosition
    this.#asked = undefined
  }

  /**
   * Resolves when `newest` is known. The broker must have confirmed the interest.
   * @throws {WildcastError} as the store
   */
  async known(): Promise<void> {
    if (this.#newest !== undefined) return
    this.#asked ??= this.#ask(this.#loss)
    await this.#asked
  }

  async #ask(loss: number): Promise<void> {
    try {
      const { newest } = await this.#store.historyState(this.#pattern, noPosition)
      // A message may have been delivered after the store has answered, and before its answer came.
      if (loss === this.#loss) this.#newest = laterOf(newest, this.#seen)
    } finally {
      if (loss === this.#loss) this.#asked = undefined
    }
  }
}
