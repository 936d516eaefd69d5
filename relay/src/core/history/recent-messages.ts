import { type Pattern, payloadSize } from '@wildcast/protocol'
import type { HistoryStore, StoredMessage } from '../history-store.js'
import { justAfter, justBefore } from '../position.js'

export interface RecentMessagesOptions {
  readonly store: HistoryStore
  readonly pattern: Pattern
  /** Memory that the recent messages of all feeds share. */
  readonly room: RecentRoom
  /** Whether the subscribers receive a message. */
  readonly matches: (message: StoredMessage) => boolean
}

/** Memory that the recent messages of all feeds share. */
export interface RecentRoom {
  /** Bytes of all messages. */
  used: number
  readonly limit: number
}

/** The most messages, and bytes of their payloads. */
const most = { messages: 1000, bytes: 1024 * 1024 }

/** Bytes that a message takes besides its subject and payload. */
const overheadBytes = 200

/** The newest kept messages of a feed, so that clients that return share them. */
export class RecentMessages {
  readonly #options: RecentMessagesOptions
  #messages: StoredMessage[] = []
  #bytes = 0
  /** All later ones are here. Undefined while messages may be missing. */
  #start: string | undefined
  #isFilled = false
  #isClosed = false

  constructor(options: RecentMessagesOptions) {
    this.#options = options
  }

  /** Whether all messages after a position are here, but for those that are delivered later. */
  cover(position: string): boolean {
    return this.#start !== undefined && position >= this.#start
  }

  /**
   * Returns the newest position, if `position` is one of this history and all messages after it are
   * here.
   */
  newestIfKnown(position: string): string | undefined {
    const newest = this.#messages.at(-1)?.position ?? this.#start
    if (newest === undefined || !this.cover(position) || position > newest) return undefined
    return termOf(position) === termOf(newest) ? newest : undefined
  }

  /** All messages after this position are delivered from now on. */
  begin(newest: string | undefined): void {
    if (!this.#isClosed) this.#start ??= newest
  }

  /** Subscribers receive a kept message. */
  add(message: StoredMessage): void {
    this.#messages.push(message)
    this.#weigh(bytesOf(message))
    const { room } = this.#options
    while (this.#messages.length > most.messages || this.#bytes > most.bytes || room.used > room.limit) {
      const first = this.#messages.shift()
      if (!first) return
      this.#weigh(-bytesOf(first))
      if (this.#start !== undefined && first.position > this.#start) this.#start = first.position
    }
  }

  /** Returns the first message after a position. */
  next(position: string): StoredMessage | undefined {
    let [low, high] = [0, this.#messages.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#messages[middle] as StoredMessage).position > position) high = middle
      else low = middle + 1
    }
    return this.#messages[low]
  }

  /** Reads earlier messages from the store, once, for the readers that follow. */
  async fill(): Promise<void> {
    if (this.#isFilled || this.#start === undefined) return
    this.#isFilled = true
    const { store, pattern, matches } = this.#options
    const start = this.#start
    const page = await store.historyPage(pattern, { before: justAfter(start), newestFirst: true, ...most })
    if (this.#start !== start) return // messages were lost, or pushed out, meanwhile
    const earlier = page.messages.filter((message) => matches(message)).reverse()
    this.#messages = [...earlier, ...this.#messages.filter(({ position }) => position > start)]
    this.#weigh(this.#messages.reduce((sum, message) => sum + bytesOf(message), -this.#bytes))
    const from = page.next === undefined ? page.forgotten : justBefore(page.next)
    if (from < start) this.#start = from
  }

  /** No reader is left, and no message will be remembered. */
  close(): void {
    this.#isClosed = true
    this.clear()
  }

  /** Messages were lost. */
  clear(): void {
    this.#messages = []
    this.#weigh(-this.#bytes)
    this.#start = undefined
    this.#isFilled = false
  }

  #weigh(bytes: number): void {
    this.#bytes += bytes
    this.#options.room.used += bytes
  }
}

function bytesOf({ subject, payload }: StoredMessage): number {
  return overheadBytes + subject.length + payloadSize(payload)
}

function termOf(position: string): string {
  return position.slice(0, position.indexOf('-'))
}
