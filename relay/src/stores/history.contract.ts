import { describe } from 'vitest'
import type { StoreUnderTest } from '../testing/store-under-test.js'
import { historyBoundsContract } from './history-bounds.contract.js'
import { historyKeysContract } from './history-keys.contract.js'
import { historyPagesContract } from './history-pages.contract.js'
import { historyRestartContract } from './history-restart.contract.js'
import { historyWritesContract } from './history-writes.contract.js'

/** The contract of histories, which each runs behind the broker that offers it. */
export function historyContract(name: string, store: StoreUnderTest): void {
  describe(`${name} keeps the contract of histories`, () => {
    historyWritesContract(store)
    historyKeysContract(store)
    historyPagesContract(store)
    historyBoundsContract(store)
    if (store.durable) historyRestartContract(store)
  })
}
