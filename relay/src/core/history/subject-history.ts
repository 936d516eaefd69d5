import type { Subject } from '@wildcast/protocol'
import type { HistoryPage, HistoryPageRequest, HistoryStore, StoredMessage } from '../history-store.js'
import { laterOf, noPosition } from '../position.js'
import type { Soon } from '../store.js'

/** The most messages of a part, and bytes of their payloads. */
export interface PartSize {
  readonly messages: number
  readonly bytes: number
}

/** A part of the history of a subject. */
export interface HistoryPart {
  readonly messages: readonly StoredMessage[]
  /** The position after which the next part begins. */
  readonly next: string
  /** Whether no later message is kept. */
  readonly isNewest: boolean
  /** Whether messages before the part were forgotten that a reader in order has not received. */
  readonly isLate: boolean
}

export interface SubjectHistoryOptions {
  readonly subject: Subject
  readonly broker: string
  readonly store: HistoryStore
  /** Content type of the messages. */
  readonly type: string
  /** Reads a page of the store; readers that ask for the same at a time may share it. */
  readonly page: (request: HistoryPageRequest) => Soon<HistoryPage>
}

/** The history of one subject, for readers that ask for it in parts. */
export class SubjectHistory {
  readonly subject: Subject
  readonly broker: string
  /** Content type of the messages. */
  readonly type: string
  readonly #options: SubjectHistoryOptions

  constructor(options: SubjectHistoryOptions) {
    this.subject = options.subject
    this.broker = options.broker
    this.type = options.type
    this.#options = options
  }

  /** Returns the position of the newest message; if none is kept, the newest one of the store. */
  async newest(): Promise<string> {
    const { message, newest } = await this.#newest()
    return message ?? newest
  }

  /** Whether a position is one of this history, and no message after it is forgotten. */
  async recovers(position: string): Promise<boolean> {
    const { store, subject } = this.#options
    const { isKnown, forgotten } = await store.historyState(subject, position)
    return isKnown && position >= forgotten
  }

  /** Reads the oldest messages after a position. */
  async after(position: string, size: PartSize): Promise<HistoryPart> {
    for (let after = position; ; ) {
      const page = await this.#options.page({ after, ...size })
      const { messages, newest } = page
      const isNewest = page.next === undefined
      const isLate = page.forgotten > position && position !== noPosition
      const last = messages.at(-1)?.position
      if (last !== undefined || isLate) return { messages, next: last ?? after, isNewest, isLate }
      const next = isNewest ? await this.#endAfter(position, newest) : undefined
      if (next !== undefined) return { messages, next, isNewest, isLate }
      after = page.next ?? position
    }
  }

  /**
   * Returns the position of a reader that has all messages. If none of the subject is left, it is
   * the newest number: its own position may soon be one up to which other subjects were forgotten.
   * Undefined if a message has arrived meanwhile.
   */
  async #endAfter(position: string, newest: string): Promise<string | undefined> {
    const { message } = await this.#newest()
    if (message === undefined) return laterOf(position, newest)
    return message > position ? undefined : position
  }

  async #newest(): Promise<{ readonly message: string | undefined; readonly newest: string }> {
    let before: string | undefined
    for (;;) {
      const { messages, next, newest } = await this.#options.page({ before, newestFirst: true, messages: 1, bytes: 1 })
      const [message] = messages
      if (message || next === undefined) return { message: message?.position, newest }
      before = next
    }
  }
}
