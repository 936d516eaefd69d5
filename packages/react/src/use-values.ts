import type { Client, JsonValue, Message, Params } from '@wildcast/client'
import type { WhenHidden } from '@wildcast/client/store'
import { values } from '@wildcast/client/values'
import { useMemo } from 'react'
import { fallbackKey } from './fallback-key.js'
import { type LiveStore, liveStores, openLiveStore, type StoreAt } from './live-store.js'
import { useClient } from './provider.js'
import { useFallback } from './use-fallback.js'
import { type SelectOptions, useSelected } from './use-selected.js'
import { useSlot } from './use-slot.js'
import { openValuesSource, type ValuesSource } from './values-source.js'
import { idleValues, noValues, type ValuesState } from './values-state.js'

/** The options of `useValues`. */
export interface UseValuesOptions<State = ValuesState, Selected = State> extends SelectOptions<State, Selected> {
  /** @default the client's broker */
  readonly broker?: string | undefined
  /** Only values that contain this JSON. Compared by content. @default all values */
  readonly filter?: JsonValue | undefined
  /**
   * While the page is hidden: `latest` renders nothing; `pause` unsubscribes, and keeps the values,
   * which are `stale` until they were received again.
   * @default 'same'
   */
  readonly whenHidden?: WhenHidden | undefined
}

const stores = liveStores<LiveStore<ValuesState>>()

/**
 * Returns the values of a pattern, kept up to date. Renders once per animation frame, whatever the
 * number of changes. Hooks with the same pattern, broker and filter share one subscription.
 * Refusals are returned, not thrown. `Data` is the type of the values, which is not checked.
 * @param pattern null or undefined does not subscribe: the status is `idle`
 * @example
 * const { values, status } = useValues<{ price: number }>('good.*')
 * return <ul>{[...values].map(([subject, { data }]) => <li key={subject}>{data.price}</li>)}</ul>
 */
export function useValues<
  Data = unknown,
  const Pattern extends string = string,
  Selected = ValuesState<Data, Params<Pattern>>,
>(
  pattern: Pattern | null | undefined,
  options: UseValuesOptions<ValuesState<Data, Params<Pattern>>, Selected> = {},
): Selected {
  const { broker, filter, whenHidden, isEqual } = options
  const client = useClient()
  const wanted = JSON.stringify({ broker, filter, whenHidden }) // equal for filters of different renders
  const first = useFallback(
    pattern == null ? undefined : fallbackKey('values', pattern, { broker, filter }),
    pattern == null ? idleValues : noValues,
    toFirst,
  )
  const slot = useMemo(
    () => (pattern == null ? undefined : valuesSlotOf(client, pattern, wanted, first)),
    [client, pattern, wanted, first],
  )
  // The store has no types of data: hooks with different types may share it.
  const select = options.select as SelectOptions<ValuesState, Selected>['select']
  return useSelected(useSlot(slot, first), { select, isEqual })
}

/**
 * Returns the slot of the values of a pattern.
 * @param wanted the other options as JSON
 * @param first what is shown until the values were received
 */
export function valuesSlotOf(
  client: Client,
  pattern: string,
  wanted: string,
  first: ValuesState,
): StoreAt<LiveStore<ValuesState>> {
  const { whenHidden, ...how } = JSON.parse(wanted)
  const options = {
    initial: first,
    open: () => openValuesSource(() => values(client).watch(pattern, how), first, whenHidden),
    read: ({ state }: ValuesSource): ValuesState => state(),
  }
  return stores.at(client, `${pattern} ${wanted}`, (closed) => openLiveStore(options, closed))
}

function toFirst(messages: readonly Message[]): ValuesState {
  return { values: new Map(messages.map((one) => [one.subject, one])), status: 'stale', error: undefined }
}
