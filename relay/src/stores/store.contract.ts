import { describe } from 'vitest'
import type { StoreUnderTest } from '../testing/store-under-test.js'
import { conditionsContract } from './store-conditions.contract.js'
import { limitsContract } from './store-limits.contract.js'
import { pagesContract } from './store-pages.contract.js'
import { relaysContract } from './store-relays.contract.js'
import { restartContract } from './store-restart.contract.js'
import { ttlContract } from './store-ttl.contract.js'
import { willsContract } from './store-wills.contract.js'
import { writesContract } from './store-writes.contract.js'

/** The contract of stores, which each runs behind the broker that offers it (FX-STO-5). */
export function storeContract(name: string, store: StoreUnderTest): void {
  describe(`${name} keeps the contract of stores`, () => {
    writesContract(store)
    conditionsContract(store)
    pagesContract(store)
    limitsContract(store)
    if (store.expires ?? true) ttlContract(store)
    if (store.leased) willsContract(store)
    if (store.shared) relaysContract(store)
    if (store.durable) restartContract(store)
  })
}
