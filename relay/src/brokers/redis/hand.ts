import { type BrokerMessage, payloadSize } from '@wildcast/protocol'
import type { Clock } from '../../core/clock.js'
import type { Sink } from '../foreign/driver.js'

export interface HandOptions {
  readonly clock: Clock
  /** Somebody has taken a message. */
  taken(id: string): void
  /** A message is not held any more, taken or not. */
  lighter(): void
}

/** A message that was read, and nobody has taken yet. */
interface Held {
  readonly id: string
  readonly message: BrokerMessage
  /** How often it was refused. */
  refusals: number
  /** It waits until it is offered again. */
  resting: boolean
}

/**
 * So much a member may hold: enough to keep clients busy that confirm once a second what they have
 * got, and little enough that members of other relays get their share.
 */
const mostMessages = 1024
const mostBytes = 8 * 1024 * 1024
/** So many are read at once. */
const batch = 32
/**
 * Waits before a message that nobody took is offered again: the first, doubled each time, and the
 * longest.
 */
const firstRestMs = 100
const longestRestMs = 5000

/** What one member has read: offered until somebody takes it. */
export class Hand {
  readonly #options: HandOptions
  readonly #held: Map<string, Held> = new Map()
  #bytes = 0
  #sink: Sink | undefined
  #closing = false

  constructor(options: HandOptions) {
    this.#options = options
  }

  /** How many messages may be read now. */
  get room(): number {
    return this.#closing || this.#bytes >= mostBytes ? 0 : Math.min(batch, mostMessages - this.#held.size)
  }

  get isEmpty(): boolean {
    return this.#held.size === 0
  }

  /** Where messages are offered from now on; without one they rest. */
  offerTo(sink: Sink | undefined): void {
    this.#sink = sink
  }

  /** Offers a message, unless it is here already. */
  hold(id: string, message: BrokerMessage): void {
    if (this.#held.has(id) || this.#closing) return
    const held: Held = { id, message, refusals: 0, resting: false }
    this.#held.set(id, held)
    this.#bytes += payloadSize(message.payload)
    this.#offer(held)
  }

  /** Offers nothing any more, and keeps only what is with somebody. */
  close(): void {
    this.#closing = true
    for (const held of [...this.#held.values()]) if (held.resting) this.#letGo(held)
  }

  #offer(held: Held): void {
    const sink = this.#sink
    if (!sink) {
      this.#rest(held)
      return
    }
    let open = true
    held.resting = false
    sink(held.message, (taken) => {
      if (!open) return
      open = false
      if (taken) this.#options.taken(held.id)
      if (taken || this.#closing) this.#letGo(held)
      else this.#rest(held)
    })
  }

  /** Nobody took it: perhaps the next one does. */
  #rest(held: Held): void {
    held.resting = true
    const restMs = Math.min(longestRestMs, firstRestMs * 2 ** held.refusals++)
    this.#options.clock.after(restMs, () => {
      if (!this.#closing) this.#offer(held)
    })
  }

  #letGo(held: Held): void {
    if (!this.#held.delete(held.id)) return
    this.#bytes -= payloadSize(held.message.payload)
    this.#options.lighter()
  }
}
