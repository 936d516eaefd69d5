import { type BrokerMessage, payloadSize } from '@wildcast/protocol'
import { backOffMs } from '../../core/back-off.js'
import type { Clock } from '../../core/clock.js'
import type { Sink } from '../foreign/driver.js'

export interface PendingEntriesOptions {
  readonly clock: Clock
  /** A subscriber has taken the entry. */
  taken(id: string): void
  /** An entry is no longer pending, taken or not. */
  released(): void
}

interface PendingEntry {
  readonly id: string
  readonly message: BrokerMessage
  refusals: number
  /** It isn't with a subscriber: it waits until it is offered again. */
  waiting: boolean
}

/**
 * The most that is pending at one consumer: enough for clients that confirm once a second what they
 * got, and few enough that the consumers of other relays get their share.
 */
const mostMessages = 1024
const mostBytes = 8 * 1024 * 1024
/** The most entries of one read. */
const batch = 32
/** The waits before a refused entry is offered again. */
const retries = { firstMs: 100, longestMs: 5000 }

/** The entries that one consumer has read: each is offered until a subscriber takes it. */
export class PendingEntries {
  readonly #options: PendingEntriesOptions
  readonly #entries: Map<string, PendingEntry> = new Map()
  #bytes = 0
  #sink: Sink | undefined
  #closing = false

  constructor(options: PendingEntriesOptions) {
    this.#options = options
  }

  /** How many entries may be read now. */
  get room(): number {
    return this.#closing || this.#bytes >= mostBytes ? 0 : Math.min(batch, mostMessages - this.#entries.size)
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0
  }

  /** Offers entries to this sink from now on. Without one they wait. */
  offerTo(sink: Sink | undefined): void {
    this.#sink = sink
  }

  /** Offers an entry, unless it is pending already. */
  add(id: string, message: BrokerMessage): void {
    if (this.#entries.has(id) || this.#closing) return
    const entry: PendingEntry = { id, message, refusals: 0, waiting: false }
    this.#entries.set(id, entry)
    this.#bytes += payloadSize(message.payload)
    this.#offer(entry)
  }

  /** Stops offering. Keeps only the entries that are with a subscriber. */
  close(): void {
    this.#closing = true
    for (const entry of [...this.#entries.values()]) if (entry.waiting) this.#release(entry)
  }

  #offer(entry: PendingEntry): void {
    const sink = this.#sink
    if (!sink) {
      this.#retryLater(entry)
      return
    }
    let settled = false
    entry.waiting = false
    sink(entry.message, (taken) => {
      if (settled) return
      settled = true
      if (taken) this.#options.taken(entry.id)
      if (taken || this.#closing) this.#release(entry)
      else this.#retryLater(entry)
    })
  }

  #retryLater(entry: PendingEntry): void {
    entry.waiting = true
    this.#options.clock.after(backOffMs(retries, entry.refusals++), () => {
      if (!this.#closing) this.#offer(entry)
    })
  }

  #release(entry: PendingEntry): void {
    if (!this.#entries.delete(entry.id)) return
    this.#bytes -= payloadSize(entry.message.payload)
    this.#options.released()
  }
}
