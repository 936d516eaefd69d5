import type { Clock } from './clock.js'
import { Sequence } from './sequence.js'

/** An outbox with frames to write. */
export interface Writer {
  readonly gathered: Sequence | undefined
  flush(): void
}

/**
 * The number of writers that are flushed before new input is read: its messages join the writes of
 * the others, which saves writes. Flushing all at once would delay it until the last is written.
 * See docs/decisions/0013.
 */
const writersAtOnce = 8

/**
 * A writer with this many bytes gains nothing by waiting: longer writes are no cheaper, and may be
 * more than its socket takes at once.
 */
const largeBytes = 16 * 1024

/**
 * A turn of the event loop: frames that are gathered in it are written at its end, in one write for
 * each writer. It sets no timer, so that a single message leaves at once.
 */
export class Turn {
  readonly #clock: Clock
  /**
   * Those before `#next` are flushed. They are removed in bulk, since each removal moves all the
   * others.
   */
  #writers: Writer[] = []
  #next = 0
  #start: Sequence = new Sequence()
  /** Whether the end of the turn is awaited. */
  #awaited = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Flushes a writer soon, once for each call. Returns the start of its sequence. */
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
    // Writers that enter from now on begin another sequence.
    this.#start = new Sequence()
    for (const writer of due) writer.flush()
    if (this.#writers.length > 0) this.#await()
  }

  /** The writers to flush now. */
  #due(): readonly Writer[] {
    const writers = this.#writers
    let end = this.#next + writersAtOnce
    while (end < writers.length && !mayWait(writers[end]?.gathered)) end++
    return writers.slice(this.#next, end)
  }
}

/** A single message is not followed by others at once: it need not wait. */
function mayWait(gathered: Sequence | undefined): boolean {
  return gathered !== undefined && gathered.frames > 1 && gathered.bytes < largeBytes
}
