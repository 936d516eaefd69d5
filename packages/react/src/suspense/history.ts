import type { Params } from '@wildcast/client'
import { useClient } from '../provider.js'
import { type HistoryFeed, historySlotOf, noMessages, type UseHistoryOptions, useHistory } from '../use-history.js'
import { awaitStore, progressOfStatus, useSettled } from './use-settled.js'

/**
 * `useHistory` that suspends until the newest page is received, and throws a refusal. A pattern of
 * null or undefined does not suspend.
 */
export function useSuspenseHistory<Data = unknown, const Pattern extends string = string>(
  pattern: Pattern | null | undefined,
  options: UseHistoryOptions = {},
): HistoryFeed<Data, Params<Pattern>> {
  const { broker, filter, limit } = options
  const client = useClient()
  const feed = useHistory<Data, Pattern>(pattern, options)
  const wanted = JSON.stringify({ broker, filter, limit })
  const { loadMore: _, ...shown } = feed
  const slot = pattern == null ? undefined : historySlotOf(client, pattern, wanted, noMessages)
  useSettled(awaitStore(slot), shown, progressOfStatus)
  return feed
}
