import type { RelayView } from '../../core/relay.js'

/** The data of one message: a string for text, bytes for binary. */
export type MessageData = string | Uint8Array

/** The connection of an input. */
export interface InMemoryInputOwner {
  handle(message: MessageData): void
  /** Returns the parts of a message, to be handled one by one. Undefined if it has no parts. */
  split(message: MessageData): Iterable<MessageData> | undefined
}

/**
 * The messages of a client in this process: handled at the end of the turn, in order, as many in a
 * turn as time allows.
 */
export class InMemoryInput {
  readonly #ports: Pick<RelayView, 'clock' | 'slice'>
  readonly #owner: InMemoryInputOwner
  #messages: MessageData[] = []
  /** The remaining parts of the current message. */
  #parts: Iterator<MessageData> | undefined
  /** The next part or message, which had no time in its turn. */
  #next: MessageData | undefined
  /** Whether a later turn is awaited. */
  #waits = false
  /** The number of active pauses. */
  #pauses = 0
  /** Set when the client sends nothing more. */
  #ended: (() => void) | undefined

  constructor(ports: Pick<RelayView, 'clock' | 'slice'>, owner: InMemoryInputOwner) {
    this.#ports = ports
    this.#owner = owner
  }

  get isPaused(): boolean {
    return this.#pauses > 0
  }

  put(message: MessageData): void {
    this.#messages.push(message)
    this.#awaitTurn()
  }

  /** Handles nothing until the undo is called. */
  pause(): () => void {
    this.#pauses++
    let over = false
    return () => {
      if (over) return
      over = true
      if (--this.#pauses === 0) this.#awaitTurn()
    }
  }

  /** Forgets what was not handled. */
  drop(): void {
    this.#messages = []
    this.#parts = undefined
    this.#next = undefined
  }

  /** The client has left. Handles what came before, and then calls `done`. */
  end(done: () => void): void {
    this.#ended = done
    this.#awaitTurn()
  }

  #awaitTurn(): void {
    if (this.#waits) return
    this.#waits = true
    this.#ports.clock.endOfTurn(() => this.#begin())
  }

  #begin(): void {
    this.#waits = false
    while (!this.#isHeld) {
      this.#next ??= this.#take()
      const next = this.#next
      if (next === undefined) break
      if (!this.#ports.slice.admits(next.length)) {
        this.#waits = true
        this.#ports.slice.later(() => this.#begin())
        return
      }
      this.#next = undefined
      this.#owner.handle(next)
    }
    if (!this.#isHeld) this.#end()
  }

  /** A client that has left reads nothing, so a pause would not help. */
  get #isHeld(): boolean {
    return this.#pauses > 0 && !this.#ended
  }

  /** The next part or message. */
  #take(): MessageData | undefined {
    for (;;) {
      const part = this.#parts?.next()
      if (part && !part.done) return part.value
      this.#parts = undefined
      const message = this.#messages.shift()
      const parts = message === undefined ? undefined : this.#owner.split(message)
      if (!parts) return message
      this.#parts = parts[Symbol.iterator]()
    }
  }

  #end(): void {
    const ended = this.#ended
    this.#ended = undefined
    ended?.()
  }
}
