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
   * Reads the history. Resolves with true when the subscription is confirmed, or with false if it
   * is ended before.
   * @param reader - asks for it
   * @param replace - puts the session into the place of `member`
   * @throws {WildcastError} if the history can't be read
   */
  begin(feed: Feed, reader: HistoryReader, replace: () => void): Promise<boolean>
}
