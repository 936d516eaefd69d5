import { onTestFinished } from 'vitest'
import { memory } from '../../brokers/memory.js'
import { newId } from '../../node/new-id.js'
import { fakeClock } from '../../testing/fake-clock.js'
import { storeContract } from '../store.contract.js'
import { memoryStore } from './memory-store.js'

for (const leases of [false, true])
  storeContract(leases ? 'memory with leases' : 'memory', {
    leased: leases,
    async open(limits) {
      const clock = fakeClock()
      return {
        async relay() {
          const open = memory({ clock, newId, store: memoryStore({ clock, limits, leases }) })
          const broker = await open({ status: () => {}, dropped: () => {} })
          onTestFinished(() => broker.close())
          return broker
        },
        pass: async (ms) => clock.advance(ms),
      }
    },
  })
