import type { Feed } from '../feed.js'
import type { FeedMember } from '../feed-member.js'
import type { CatchUpStart, HistoryWant } from './catch-up.js'

/** A request of a session for the history of a subscription. */
export interface HistoryReader {
  readonly want: HistoryWant
  /** Runs before the first message: the client must know its subscription. */
  confirmed(start: CatchUpStart): void
}

/** A member that reads the history before it takes its own place in a feed. */
export interface JoiningReader {
  /** Stands for the session in the feed. */
  readonly member: FeedMember
  /**
   * Reads the history. Resolves when the subscription is confirmed.
   * @param reader - asks for it
   * @param replace - puts the session into the place of `member`
   * @throws {WildcastError} if it ends before
   */
  begin(feed: Feed, reader: HistoryReader, replace: () => void): Promise<void>
}
