import { payloadSize } from '@wildcast/protocol'
import type { HistoryPage, HistoryPageRequest, HistoryState, StoredMessage } from '../../core/history-store.js'
import { indexAfter, type LogEntry, type LogSource } from './rule-log.js'

/**
 * The most messages that one page compares with its pattern, about 5 ms: a pattern may match few of
 * all.
 */
const mostCompared = 5000

/** Returns a page of the messages of some logs. */
export function pageOfLogs(
  sources: readonly LogSource[],
  request: HistoryPageRequest,
  state: HistoryState,
): HistoryPage {
  const messages: StoredMessage[] = []
  let [bytes, compared] = [0, 0]
  let last: string | undefined
  for (const { entry, source } of inOrder(sources, request)) {
    if (messages.length >= request.messages || bytes >= request.bytes || compared >= mostCompared)
      return { ...state, messages, next: last }
    last = entry.position
    compared++
    const { message } = entry
    if (!message || !source.fits(message.subject)) continue
    messages.push(message)
    bytes += payloadSize(message.payload)
  }
  return { ...state, messages }
}

interface Found {
  readonly entry: LogEntry
  readonly source: LogSource
}

/** The entries of all logs within the bounds, in the order of their positions. */
function* inOrder(sources: readonly LogSource[], { after, before, newestFirst }: HistoryPageRequest): Iterable<Found> {
  const isWithin = ({ position }: LogEntry): boolean =>
    newestFirst ? position > (after ?? '') : before === undefined || position < before
  const step = newestFirst ? -1 : 1
  const cursors = sources.map((source) => {
    const { entries } = source
    const start = newestFirst ? lastBefore(entries, before) : after === undefined ? 0 : indexAfter(entries, after)
    return { source, entries, at: start }
  })
  for (;;) {
    let next: (typeof cursors)[number] | undefined
    for (const cursor of cursors) {
      const entry = cursor.entries[cursor.at]
      if (entry && (!next || comesFirst(entry, next.entries[next.at] as LogEntry, step))) next = cursor
    }
    const entry = next?.entries[next.at]
    if (!next || !entry || !isWithin(entry)) return
    next.at += step
    yield { entry, source: next.source }
  }
}

function comesFirst(one: LogEntry, other: LogEntry, step: number): boolean {
  return step > 0 ? one.position < other.position : one.position > other.position
}

/** Returns the index of the last entry before a position; without one, that of the last entry. */
function lastBefore(entries: readonly LogEntry[], position: string | undefined): number {
  if (position === undefined) return entries.length - 1
  const next = indexAfter(entries, position)
  return entries[next - 1]?.position === position ? next - 2 : next - 1
}
