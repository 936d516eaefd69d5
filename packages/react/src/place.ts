import type { Client } from '@wildcast/client'
import { openStore, type SharedOptions, type Store } from './store.js'

/**
 * Where the store of a subscription is: the same for all hooks with the same client, pattern and
 * wire options.
 */
export interface StoreSlot {
  /** The store, while it has viewers or had one a moment ago. A render may call it. */
  find(): Store | undefined
  /** The store; a new one if there is none. */
  open(): Store
}

const stores = new WeakMap<Client, Map<string, Store>>()

/** The place of a subscription's store. Nothing is kept until it is opened. */
export function storeSlotOf(client: Client, pattern: string, options: SharedOptions): StoreSlot {
  // NaN, which is refused, and Infinity are both null in JSON.
  const key = JSON.stringify({ pattern, ...options, maxRate: String(options.maxRate) })
  const find = (): Store | undefined => stores.get(client)?.get(key)
  const create = (): Store => {
    const known = stores.get(client) ?? new Map<string, Store>()
    const store = openStore(client, { pattern, wire: options, closed: () => known.delete(key) })
    stores.set(client, known.set(key, store))
    return store
  }
  return { find, open: () => find() ?? create() }
}
