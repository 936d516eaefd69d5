import type { Message, Params } from '@wildcast/client'
import { useCallback, useMemo, useSyncExternalStore } from 'react'
import { emptyFeed, type SubscriptionFeed } from './feed.js'
import { type StoreSlot, storeSlotOf } from './place.js'
import { useClient } from './provider.js'
import { newest } from './shown-feed.js'
import type { SharedOptions } from './store.js'
import { useLatest } from './use-latest.js'

/** How to look at a subscription. Compared by value: literals in the call are safe. */
export interface UseSubscriptionOptions<Data = unknown, Wildcards extends readonly string[] = readonly string[]>
  extends SharedOptions {
  /**
   * How many messages `items` holds at most. `Infinity` keeps all; a fraction is rounded down.
   * @default 100
   */
  readonly keep?: number | undefined
  /**
   * Called with every message as it comes, before it is rendered. The latest function is called; a
   * new one subscribes nothing. If it throws, or rejects later, the client's `onError` gets the
   * error.
   */
  readonly onEvent?: ((message: Message<Data, Wildcards>) => unknown) | undefined
  /** `false` never renders: only `onEvent` hears of messages. @default true */
  readonly state?: boolean | undefined
  /** `true` subscribes nothing. @default false */
  readonly skip?: boolean | undefined
}

// Bundlers replace exactly this expression, as they do in React's own code.
declare const process: { readonly env: { readonly NODE_ENV?: string } }

const defaultKeep = 100
let warned = false

/**
 * The messages of a pattern, and how well they arrive. Renders once per frame however many come,
 * and loses none. Hooks with the same pattern, broker, group and policy share one subscription.
 * Refusals are returned, not thrown.
 *
 * `Data` is the type of `message.data`, which is not checked. `message.params` has a string for
 * each wildcard, unless `Data` is given alone: TypeScript then takes the pattern for any string.
 * @throws {RangeError} if `keep` is negative or NaN
 * @param pattern nothing is subscribed to while it is null or undefined
 * @example
 * const { items, status } = useSubscription<{ price: number }>('good.*', { keep: 20 })
 */
export function useSubscription<Data = unknown, const Pattern extends string = string>(
  pattern: Pattern | null | undefined,
  options: UseSubscriptionOptions<Data, Params<Pattern>> = {},
): SubscriptionFeed<Data, Params<Pattern>> {
  const { broker, group, deliver, maxRate, keep, onEvent, state = true, skip } = options
  const client = useClient()
  const place = useMemo(
    () => (skip || pattern == null ? undefined : storeSlotOf(client, pattern, { broker, group, deliver, maxRate })),
    [client, pattern, broker, group, deliver, maxRate, skip],
  )
  const latest = useLatest(onEvent)
  const most = toBound(keep)
  const bound = state ? most : 0
  const subscribe = useCallback(
    (changed: () => void) =>
      place?.open().view({
        keep: bound,
        event: (message) => latest.current?.(message as Message<Data, Params<Pattern>>),
        changed: state ? changed : undefined,
        ...(process.env.NODE_ENV !== 'production' &&
          keep === undefined &&
          state && { dropped: () => warnOfDrops(pattern) }),
      }) ?? (() => {}),
    [place, bound, state, keep, pattern, latest],
  )
  const look = useMemo(() => viewOf(state ? place : undefined, bound), [place, state, bound])
  // A store is shared by hooks that may expect different data, so the types begin here.
  return useSyncExternalStore(subscribe, look, () => emptyFeed) as SubscriptionFeed<Data, Params<Pattern>>
}

/** @throws {RangeError} if it is not a number from 0 */
function toBound(keep: number | undefined): number {
  const bound = Math.floor(keep ?? defaultKeep)
  if (bound >= 0) return bound
  throw new RangeError(`keep: ${keep} must be 0 or more; Infinity keeps all messages`)
}

/** A store's feed with so many items, the same object as long as the store's is. */
function viewOf(place: StoreSlot | undefined, keep: number): () => SubscriptionFeed {
  let seen = emptyFeed
  let shown = emptyFeed
  return () => {
    const feed = place?.find()?.feed ?? emptyFeed
    if (feed !== seen) {
      const items = feed.items === seen.items ? shown.items : newest(feed.items, keep)
      seen = feed
      shown = { ...feed, items }
    }
    return shown
  }
}

function warnOfDrops(pattern: string | null | undefined): void {
  if (warned) return
  warned = true
  console.warn(
    `useSubscription('${pattern}') keeps the newest ${defaultKeep} messages; say how many you want with { keep }`,
  )
}
