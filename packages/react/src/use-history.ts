import type { Client, Continuity, JsonValue, Message, MessageParams, Params, WildcastError } from '@wildcast/client'
import { type HistoryStatus, history, type WatchedHistory } from '@wildcast/client/history'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import type { FallbackEntry } from './fallback-context.js'
import { fallbackKey } from './fallback-key.js'
import { type LiveStore, liveStores, openLiveStore, type StoreAt } from './live-store.js'
import { useClient } from './provider.js'
import { useFallback } from './use-fallback.js'
import { useSlot } from './use-slot.js'

/** A part of a history at one moment: a new object at each change, the same in between. */
export interface HistoryFeed<Data = unknown, Wildcards extends MessageParams = readonly string[]> {
  /** Oldest first, each message once. A message keeps its `key`, for the rows of a list. */
  readonly items: readonly Message<Data, Wildcards>[]
  /**
   * `idle` without a pattern, `loading` until the newest page was received, then `ready`; `denied`
   * or `error` while it is refused.
   */
  readonly status: HistoryStatus | 'idle'
  /** How complete the list is since its first message. */
  readonly continuity: Continuity
  /** Whether the broker has older messages. */
  readonly hasMore: boolean
  readonly isLoadingMore: boolean
  /** Why the messages, or older ones, are refused, while they are. */
  readonly error: WildcastError | undefined
  /**
   * Adds a page of older messages to `items`. Resolves when they are there, or were refused. The
   * same function at each render.
   */
  readonly loadMore: () => Promise<void>
}

/** The options of `useHistory`. Compared by content: literals in the call are safe. */
export interface UseHistoryOptions {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** Only messages that contain this JSON. @default all messages */
  readonly filter?: JsonValue | undefined
  /** The number of messages of a page: from 1 to 999. @default 100 */
  readonly limit?: number | undefined
}

/** The state of a list, without the function. */
export type ShownHistory = Omit<HistoryFeed, 'loadMore'>

/** The state before the first message, and the only one in a server render. */
export const noMessages: ShownHistory = {
  items: [],
  status: 'loading',
  continuity: 'catching-up',
  hasMore: false,
  isLoadingMore: false,
  error: undefined,
}

/** The state without a pattern. */
const noHistory: ShownHistory = { ...noMessages, status: 'idle' }

/** A list that components share. */
export interface HistoryFeedStore extends LiveStore<ShownHistory> {
  readonly loadMore: () => Promise<void>
}

const stores = liveStores<HistoryFeedStore>()

/**
 * Returns the newest messages that the broker has kept of a pattern, and new ones as they come;
 * `loadMore` adds older ones. Renders once per animation frame, whatever the number of messages.
 * Hooks with the same pattern and options share one list. Refusals are returned, not thrown. `Data`
 * is the type of the messages' data, which is not checked.
 * @param pattern null or undefined does not subscribe: the status is `idle`
 * @example
 * const { items, hasMore, loadMore } = useHistory<{ text: string }>('room.42.msg', { limit: 50 })
 */
export function useHistory<Data = unknown, const Pattern extends string = string>(
  pattern: Pattern | null | undefined,
  { broker, filter, limit }: UseHistoryOptions = {},
): HistoryFeed<Data, Params<Pattern>> {
  const client = useClient()
  const wanted = JSON.stringify({ broker, filter, limit }) // equal for filters of different renders
  const first = useFallback(
    pattern == null ? undefined : fallbackKey('history', pattern, { broker, filter, limit }),
    pattern == null ? noHistory : noMessages,
    toFirst,
  )
  const slot = useMemo(
    () => (pattern == null ? undefined : historySlotOf(client, pattern, wanted, first)),
    [client, pattern, wanted, first],
  )
  const loadMore = useCallback(async () => slot?.find()?.loadMore(), [slot])
  const { subscribe, read, readFirst } = useSlot(slot, first)
  const shown = useSyncExternalStore(subscribe, read, readFirst)
  // The store has no types of data: hooks with different types may share it.
  return useMemo(() => ({ ...shown, loadMore }), [shown, loadMore]) as HistoryFeed<Data, Params<Pattern>>
}

/**
 * Returns the slot of a list.
 * @param wanted the other options as JSON
 * @param first what is shown until the newest page was received
 */
export function historySlotOf(
  client: Client,
  pattern: string,
  wanted: string,
  first: ShownHistory,
): StoreAt<HistoryFeedStore> {
  const open = (): WatchedHistory => history(client).watch(pattern, JSON.parse(wanted))
  return stores.at(client, `${pattern} ${wanted}`, (closed) => openHistoryFeedStore(open, first, closed))
}

function toFirst(items: readonly Message[], { hasMore = false }: FallbackEntry): ShownHistory {
  return { ...noMessages, items, hasMore, status: 'ready', continuity: 'stale' }
}

function openHistoryFeedStore(open: () => WatchedHistory, first: ShownHistory, closed: () => void): HistoryFeedStore {
  let source: WatchedHistory | undefined
  const store = openLiveStore<WatchedHistory, ShownHistory>(
    {
      initial: first,
      open() {
        source = open()
        return source
      },
      read: ({ items, status, continuity, hasMore, isLoadingMore, error }) =>
        status === 'loading' ? { ...first, error } : { items, status, continuity, hasMore, isLoadingMore, error },
    },
    closed,
  )
  return {
    get state() {
      return store.state
    },
    view: store.view,
    change: store.change,
    loadMore: async () => source?.loadMore(),
  }
}
