import { isExact, matches, type Pattern, payloadSize } from '@wildcast/protocol'
import type { HistoryPageRequest, StoredMessage } from '../../core/history-store.js'
import { plainMessageOf } from './message-row.js'
import type { FoundMessage, MessageScope, MessageTable } from './message-table.js'

/** How many messages are compared with a pattern before other work gets its turn. */
const slice = 1000

/** The most messages that one page compares with its pattern, which may match few of all. */
const mostCompared = 5000

/** The messages of a page, and the position at which the next one begins. */
export interface MessagePage {
  readonly messages: readonly StoredMessage[]
  readonly next?: string | undefined
}

/** Reads a page, and yields after each slice of the messages that it examines. */
export function* pageOfMessages(
  table: MessageTable,
  scope: MessageScope,
  pattern: Pattern,
  request: HistoryPageRequest,
): Generator<undefined, MessagePage, undefined> {
  const messages: StoredMessage[] = []
  let [bytes, compared] = [0, 0]
  let next: string | undefined
  const most = isExact(pattern) ? Math.min(slice, request.messages + 1) : slice
  for (;;) {
    const found = search(table, scope, request, next, most)
    for (const { position, subject } of found) {
      if (messages.length >= request.messages || bytes >= request.bytes) return { messages, next }
      next = position
      if (!matches(pattern, subject)) continue
      const message = table.get(position)
      if (!message) continue // it was forgotten between two slices
      messages.push(plainMessageOf(message))
      bytes += payloadSize(message.payload)
    }
    compared += found.length
    if (found.length < most) return { messages }
    if (compared >= mostCompared) return { messages, next }
    yield
  }
}

function search(
  table: MessageTable,
  scope: MessageScope,
  { after = '', before = '~', newestFirst = false }: HistoryPageRequest,
  next: string | undefined,
  most: number,
): readonly FoundMessage[] {
  const range = newestFirst ? { after, before: next ?? before } : { after: next ?? after, before }
  return table.search(scope, { ...range, newestFirst }, most)
}
