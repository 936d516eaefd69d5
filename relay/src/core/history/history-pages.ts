import type { CancelSignal } from '../cancel.js'
import type { HistoryPageWant } from '../commands.js'
import { type HistoryPage, readingFrom, type StoredMessage } from '../history-store.js'
import { noPosition } from '../position.js'
import type { CatchUpStart } from './catch-up.js'
import type { FeedHistory } from './feed-history.js'
import { startOfNewest } from './newest.js'

/** The history of a pattern, and the messages of it that the reader receives. */
export type HistorySource = Pick<FeedHistory, 'store' | 'pattern' | 'matches'>

/** The reader of a page. */
export interface PageReader {
  /** Runs before the first message. */
  confirmed(start: CatchUpStart): void
  /** Resolves when the reader can take more. */
  ready(): Promise<void> | undefined
  message(message: StoredMessage): void
}

/** The size of a page of the store. */
const page = { messages: 100, bytes: 256 * 1024 }

/**
 * Reads a page of the history, in the order of the positions, as fast as its reader takes it.
 * @throws {WildcastError} as the store; the reason of `signal`
 */
export async function readHistoryPage(
  source: HistorySource,
  want: HistoryPageWant,
  reader: PageReader,
  signal: CancelSignal,
): Promise<void> {
  const { store, pattern, matches } = source
  const state = await store.historyState(pattern, want.after ?? noPosition)
  const { after: asked } = want
  const after = asked === undefined ? await startOfNewest(source, want.limit, want.before) : readingFrom(asked, state)
  signal.throwIfAborted()
  const recovered = asked === undefined ? undefined : state.isKnown && after >= state.forgotten
  reader.confirmed({ position: state.newest, recovered })
  let left = want.limit
  for (let next: HistoryPage['next'] = after; left > 0 && next !== undefined; ) {
    const read: HistoryPage = await store.historyPage(pattern, { ...page, after: next, before: want.before })
    for (const message of read.messages) {
      if (left === 0) break
      if (!matches(message)) continue
      await reader.ready()
      signal.throwIfAborted()
      reader.message(message)
      left--
    }
    next = read.next
  }
}
