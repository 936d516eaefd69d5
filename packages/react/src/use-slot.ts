import { useMemo } from 'react'
import type { LiveStore, StoreAt } from './live-store.js'
import type { StateSource } from './use-selected.js'

/** Returns the state of a store for `useSelected`. Without a slot, it stays the first one. */
export function useSlot<State>(
  slot: StoreAt<Pick<LiveStore<State>, 'state' | 'view'>> | undefined,
  first: State,
): StateSource<State> {
  return useMemo(
    () => ({
      subscribe: (changed) => slot?.open().view(changed) ?? (() => {}),
      read: () => slot?.find()?.state ?? first,
      readFirst: () => first,
    }),
    [slot, first],
  )
}
