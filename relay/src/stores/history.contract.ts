import { describe } from 'vitest'
import type { StoreUnderTest } from '../testing/store-under-test.js'
import { historyBoundsContract } from './history-bounds.contract.js'
import { historyPagesContract } from './history-pages.contract.js'
import { historyRestartContract } from './history-restart.contract.js'
import { historyWritesContract } from './history-writes.contract.js'

/** The contract of histories, which each runs behind the broker that offers it. */
export function historyContract(name: string, store: StoreUnderTest): void {
  describe(`${name} keeps the contract of histories`, () => {
    historyWritesContract(store)
    historyPagesContract(store)
    historyBoundsContract(store)
    if (store.durable) historyRestartContract(store)
  })
}
