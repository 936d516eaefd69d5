import type { Pattern } from '@wildcast/protocol'
import type { HistoryState, HistoryStore, StoredMessage } from '../history-store.js'
import { noPosition } from '../position.js'
import type { LivePositions } from './live-positions.js'
import { RecentMessages, type RecentRoom } from './recent-messages.js'
import { SharedQuestion } from './shared-question.js'
import { SharedReplays } from './shared-replays.js'

/** Which messages of a pattern are kept. */
export interface KeptMessages {
  /** The newest position, if it is known: see `LivePositions.newest`. */
  readonly position?: string | undefined
  /** Whether those of all its subjects are. */
  readonly whole?: true | undefined
}

export interface FeedHistoryOptions {
  readonly store: HistoryStore
  readonly pattern: Pattern
  readonly room: RecentRoom
  readonly positions: LivePositions
  /** Whether the subscribers receive a message. */
  readonly matches: (message: StoredMessage) => boolean
  /** Calls back when the link is up: see `Lease.whenUp`. */
  readonly whenUp: (run: () => void) => void
}

/** The history of a feed, for the subscribers that read it. */
export class FeedHistory {
  readonly store: HistoryStore
  readonly pattern: Pattern
  readonly recent: RecentMessages
  readonly replays: SharedReplays
  /** Whether the subscribers receive a message. */
  readonly matches: (message: StoredMessage) => boolean
  /** Whether the messages of all subjects of the pattern are kept. */
  readonly isWhole: boolean
  readonly #positions: LivePositions
  readonly #whenUp: FeedHistoryOptions['whenUp']
  readonly #state: SharedQuestion<HistoryState>

  constructor(options: FeedHistoryOptions) {
    const { store, pattern, positions, matches, whenUp } = options
    this.store = store
    this.pattern = pattern
    this.matches = matches
    this.recent = new RecentMessages(options)
    this.replays = new SharedReplays(options.room)
    this.isWhole = store.rules.cover(pattern)
    this.#positions = positions
    this.#whenUp = whenUp
    this.#state = new SharedQuestion(() => store.historyState(pattern, noPosition))
  }

  /** The position up to which subscribers have received all. Undefined after a loss. */
  get newest(): string | undefined {
    return this.#positions.newest
  }

  /**
   * Resolves when the link is up, and new messages are delivered and remembered.
   * @throws {WildcastError} `broker_down` or `interrupted` if the link breaks; as the store
   */
  async live(): Promise<void> {
    await new Promise<void>((resolve) => this.#whenUp(resolve))
    await this.#positions.known()
    this.recent.begin(this.#positions.newest)
  }

  /**
   * Resolves when all messages that are stored now were delivered to this relay, and remembered.
   * Many subscribers share a question to the store.
   * @throws {WildcastError} as the store
   */
  async delivered(): Promise<void> {
    await this.#state.ask()
  }

  /** Messages were lost. */
  lost(): void {
    this.recent.clear()
    this.replays.clear()
  }

  /** No subscriber is left. One that was reading may still wait for an answer of the store. */
  close(): void {
    this.recent.close()
    this.replays.clear()
  }
}
