import type { SharedOptions } from '@wildcast/client/store'
import { type StoreSlot, storeSlotOf } from '@wildcast/client/store'
import { useMemo } from 'react'
import { useClient } from './provider.js'

/** A subscription that a hook may skip. */
interface SlotOptions extends SharedOptions {
  readonly skip?: boolean | undefined
}

/** Returns the slot of a subscription: the same one for options of equal content. */
export function useStoreSlot(
  pattern: string | null | undefined,
  { broker, group, deliver, maxRate, filter, whenHidden, skip }: SlotOptions,
): StoreSlot | undefined {
  const client = useClient()
  const wanted = filter && JSON.stringify(filter) // equal for filters of different renders
  return useMemo(() => {
    if (skip || pattern == null) return undefined
    const options = { broker, group, deliver, filter: wanted && JSON.parse(wanted), whenHidden, maxRate }
    return storeSlotOf(client, pattern, options)
  }, [client, pattern, broker, group, deliver, wanted, whenHidden, maxRate, skip])
}
