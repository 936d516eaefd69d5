import type { Clock } from './clock.js'
import { Sequence } from './sequence.js'

/** Who has something to write at the end of the turn. */
export interface Writer {
  flush(): void
}

/**
 * A turn of the event loop: whatever is said within it is written at its end, all of one writer in one go. No timer is set, so that a message that comes alone leaves
 * at once.
 */
export class Turn {
  readonly #clock: Clock
  #writers: Writer[] = []
  #start: Sequence = new Sequence()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Has a writer flushed at the end of the turn, once for each call. Returns where its sequence begins. */
  enter(writer: Writer): Sequence {
    if (this.#writers.push(writer) === 1) this.#clock.endOfTurn(() => this.#end())
    return this.#start
  }

  #end(): void {
    const writers = this.#writers
    // Whatever is said meanwhile belongs to the next turn.
    this.#writers = []
    this.#start = new Sequence()
    for (const writer of writers) writer.flush()
  }
}
