import { type Pattern, parsePattern } from '@wildcast/protocol'
import type { Broker } from '../core/broker.js'
import type { HistoryRule } from '../core/history-rules.js'
import type { HistoryPageRequest, StoredMessage } from '../core/history-store.js'
import { subject, text } from './broker-under-test.js'
import { historyOf } from './store-under-test.js'

/** A rule for `subjects`. */
export function rule(subjects: string, rest: Partial<Omit<HistoryRule, 'subjects'>> = {}): HistoryRule {
  return { subjects: parsePattern(subjects), messages: 100, ...rest }
}

/** Publishes a message that is kept. Resolves with its position. */
export async function append(broker: Broker, to: string, payload: string | Uint8Array): Promise<string> {
  return historyOf(broker).append({ subject: subject(to), payload })
}

/** Reads the history of a pattern, page by page. */
export async function readHistory(
  broker: Broker,
  of: string,
  { messages = 100, bytes = 1024 * 1024, ...bounds }: Partial<HistoryPageRequest> = {},
): Promise<StoredMessage[][]> {
  const pattern: Pattern = parsePattern(of)
  const pages: StoredMessage[][] = []
  let next: string | undefined
  do {
    const from = next === undefined ? {} : bounds.newestFirst ? { before: next } : { after: next }
    const page = await historyOf(broker).historyPage(pattern, { messages, bytes, ...bounds, ...from })
    pages.push([...page.messages])
    next = page.next
  } while (next !== undefined)
  return pages
}

/** Returns the payloads of all kept messages of a pattern. */
export async function payloadsOfHistory(
  broker: Broker,
  of: string,
  bounds?: Partial<HistoryPageRequest>,
): Promise<string[]> {
  return (await readHistory(broker, of, bounds)).flat().map((message) => text(message))
}
