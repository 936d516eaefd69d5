import type { Client } from '../client.js'
import { openStore, type Store } from './open-store.js'
import type { SharedOptions } from './shared-options.js'

/**
 * The place of a subscription's store: the same for all hooks with the same client, pattern and
 * wire options.
 */
export interface StoreSlot {
  /** Returns the store if it has viewers or still lingers. Safe to call during a render. */
  find(): Store | undefined
  /** Returns the store, and creates it if it is missing. */
  open(): Store
}

const stores = new WeakMap<Client, Map<string, Store>>()

/** Returns the slot of a subscription's store. Keeps nothing until the store is opened. */
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
