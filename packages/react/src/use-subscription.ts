import type { Message, MessageParams, Params } from '@wildcast/client'
import { useCallback, useMemo } from 'react'
import type { SharedOptions } from './shared-options.js'
import { newest } from './shown-feed.js'
import type { StoreSlot } from './store-slot.js'
import { emptyFeed, type SubscriptionFeed } from './subscription-feed.js'
import { useLatest } from './use-latest.js'
import { type SelectOptions, useSelected } from './use-selected.js'
import { useStoreSlot } from './use-store-slot.js'

/** The options of `useSubscription`. Compared by value: literals in the call are safe. */
export interface UseSubscriptionOptions<
  Data = unknown,
  Wildcards extends MessageParams = readonly string[],
  Selected = SubscriptionFeed<Data, Wildcards>,
> extends SharedOptions,
    SelectOptions<SubscriptionFeed<Data, Wildcards>, Selected> {
  /**
   * The maximum number of messages in `items`. `Infinity` keeps all; a fraction is rounded down.
   * @default 100
   */
  readonly keep?: number | undefined
  /**
   * Called with every message on arrival, before it is rendered. The latest function is called; a
   * new one does not subscribe again. If it throws, or rejects later, the client's `onError` gets
   * the error.
   */
  readonly onEvent?: ((message: Message<Data, Wildcards>) => unknown) | undefined
  /** `false` never renders: only `onEvent` gets the messages. @default true */
  readonly state?: boolean | undefined
  /** `true` does not subscribe. @default false */
  readonly skip?: boolean | undefined
}

// Bundlers replace exactly this expression, as in React's own code.
declare const process: { readonly env: { readonly NODE_ENV?: string } }

const defaultKeep = 100
let warned = false

/**
 * Subscribes to a pattern, and returns its messages and status. Renders once per animation frame,
 * whatever the number of messages, and loses none. Hooks with the same pattern, broker, group,
 * policy and filter share one subscription. Refusals are returned, not thrown.
 *
 * `Data` is the type of `message.data`, which is not checked. `message.params` has a string for
 * each wildcard, unless `Data` is given alone: TypeScript then treats the pattern as any string.
 * @throws {RangeError} if `keep` is negative or NaN
 * @param pattern null or undefined does not subscribe
 * @example
 * const { items, status } = useSubscription<{ price: number }>('good.*', { keep: 20 })
 * @example
 * const count = useSubscription('good.*', { select: ({ items }) => items.length })
 */
export function useSubscription<
  Data = unknown,
  const Pattern extends string = string,
  Selected = SubscriptionFeed<Data, Params<Pattern>>,
>(
  pattern: Pattern | null | undefined,
  options: UseSubscriptionOptions<Data, Params<Pattern>, Selected> = {},
): Selected {
  const { keep, onEvent, state = true } = options
  const slot = useStoreSlot(pattern, options)
  const latest = useLatest(onEvent)
  const limit = toLimit(keep)
  const shownLimit = state ? limit : 0
  const subscribe = useCallback(
    (changed: () => void) =>
      slot?.open().view({
        keep: shownLimit,
        event: (message) => latest.current?.(message as Message<Data, Params<Pattern>>),
        changed: state ? changed : undefined,
        ...(process.env.NODE_ENV !== 'production' &&
          keep === undefined &&
          state && { dropped: () => warnOfDrops(pattern) }),
      }) ?? (() => {}),
    [slot, shownLimit, state, keep, pattern, latest],
  )
  const read = useMemo(() => feedGetter(state ? slot : undefined, shownLimit), [slot, state, shownLimit])
  // The store has no types of data: hooks with different types may share it.
  const select = options.select as SelectOptions<SubscriptionFeed, Selected>['select']
  return useSelected({ subscribe, read, readFirst }, { select, isEqual: options.isEqual })
}

const readFirst = (): SubscriptionFeed => emptyFeed

/** @throws {RangeError} if it is not a number from 0 on */
function toLimit(keep: number | undefined): number {
  const limit = Math.floor(keep ?? defaultKeep)
  if (limit >= 0) return limit
  throw new RangeError(`keep: ${keep} must be 0 or more; Infinity keeps all messages`)
}

/**
 * Returns a function that returns the store's feed with at most `keep` items: the same object as
 * long as the store's feed is the same.
 */
function feedGetter(slot: StoreSlot | undefined, keep: number): () => SubscriptionFeed {
  let source = emptyFeed
  let shown = emptyFeed
  return () => {
    const feed = slot?.find()?.feed ?? emptyFeed
    if (feed !== source) {
      const items = feed.items === source.items ? shown.items : newest(feed.items, keep)
      source = feed
      shown = { ...feed, items }
    }
    return shown
  }
}

function warnOfDrops(pattern: string | null | undefined): void {
  if (warned) return
  warned = true
  console.warn(`useSubscription('${pattern}') keeps the newest ${defaultKeep} messages; set { keep } to keep more`)
}
