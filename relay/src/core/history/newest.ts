import { justAfter, justBefore, noPosition } from '../position.js'
import type { FeedHistory } from './feed-history.js'

/** Messages that are looked at, at most. */
const mostLooks = 10_000

/** The size of a page. Its messages are not kept: only their positions count. */
const page = { messages: 500, bytes: 256 * 1024 }

/**
 * Returns the position after which the newest messages of a pattern are, `count` of them.
 * @param before - only messages before this position; by default all
 */
export async function startOfNewest(
  { store, pattern, matches }: Pick<FeedHistory, 'store' | 'pattern' | 'matches'>,
  count: number,
  before?: string,
): Promise<string> {
  let [found, looks] = [0, 0]
  let oldest = before ?? justAfter((await store.historyState(pattern, noPosition)).newest)
  let next: string | undefined = oldest
  while (found < count && looks < mostLooks && next !== undefined) {
    const read = await store.historyPage(pattern, { ...page, before: next, newestFirst: true })
    for (const message of read.messages) {
      if (found === count || looks++ === mostLooks) break
      if (!matches(message)) continue
      found++
      oldest = message.position
    }
    next = read.next
  }
  return justBefore(oldest)
}
