import { describe } from 'vitest'
import type { Lack, StoreUnderTest } from '../testing/store-under-test.js'
import { conditionsContract } from './store-conditions.contract.js'
import { keysContract } from './store-keys.contract.js'
import { limitsContract } from './store-limits.contract.js'
import { pagesContract } from './store-pages.contract.js'
import { relaysContract } from './store-relays.contract.js'
import { restartContract } from './store-restart.contract.js'
import { revisionsContract } from './store-revisions.contract.js'
import { ttlContract } from './store-ttl.contract.js'
import { willsContract } from './store-wills.contract.js'
import { writesContract } from './store-writes.contract.js'

/** The contract of stores, which each runs behind the broker that offers it (FX-STO-5). */
export function storeContract(name: string, store: StoreUnderTest): void {
  describe(`${name} keeps the contract of stores`, () => {
    const has = (what: Lack): boolean => !store.lacks?.includes(what)
    writesContract(store)
    if (has('revisions')) revisionsContract(store)
    if (has('revisions')) conditionsContract(store)
    if (has('revisions')) keysContract(store)
    pagesContract(store)
    if (has('limits')) limitsContract(store)
    if (has('ttl')) ttlContract(store)
    if (store.leased) willsContract(store)
    if (store.shared) relaysContract(store)
    if (store.durable) restartContract(store)
  })
}
