import type { Clock } from './clock.js'
import { Sequence } from './sequence.js'

/** Who has something to write. */
export interface Writer {
  readonly said: Sequence | undefined
  flush(): void
}

/**
 * So many are written to before what has come in meanwhile is looked at: it goes along with the
 * next ones, which saves them a write. All at once would leave it waiting until the last of all is
 * written to. See docs/decisions/0013.
 */
const slice = 8

/**
 * Whoever was told as much as this gains nothing by waiting: longer writes are no cheaper, and may
 * be more than its socket takes at once.
 */
const muchSaid = 16 * 1024

/**
 * A turn of the event loop: whatever is said within it is written at its end, all of one writer in
 * one go. No timer is set, so that a message that comes alone leaves at once.
 */
export class Turn {
  readonly #clock: Clock
  /**
   * Those before `#next` have been written to. They are taken off many at a time, since each
   * removal moves all the others.
   */
  #writers: Writer[] = []
  #next = 0
  #start: Sequence = new Sequence()
  /** The end of the turn is awaited. */
  #awaited = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Has a writer flushed soon, once for each call. Returns where its sequence begins. */
  enter(writer: Writer): Sequence {
    this.#writers.push(writer)
    this.#await()
    return this.#start
  }

  #await(): void {
    if (this.#awaited) return
    this.#awaited = true
    this.#clock.endOfTurn(() => {
      this.#awaited = false
      this.#end()
    })
  }

  #end(): void {
    const due = this.#due()
    this.#next += due.length
    if (this.#next > this.#writers.length / 2) {
      this.#writers = this.#writers.slice(this.#next)
      this.#next = 0
    }
    // Those who are written to now go on together from here.
    this.#start = new Sequence()
    for (const writer of due) writer.flush()
    if (this.#writers.length > 0) this.#await()
  }

  /** Those who are written to now. */
  #due(): readonly Writer[] {
    const writers = this.#writers
    let end = this.#next + slice
    while (end < writers.length && !mayWait(writers[end]?.said)) end++
    return writers.slice(this.#next, end)
  }
}

/** A message that comes alone is not followed by others at once: there is nothing to wait for. */
function mayWait(said: Sequence | undefined): boolean {
  return said !== undefined && said.frames > 1 && said.bytes < muchSaid
}
