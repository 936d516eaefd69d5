import { expect, it, onTestFinished } from 'vitest'
import { type FakeClock, fakeClock } from '../testing/fake-clock.js'
import { settled } from '../testing/scripted-link.js'
import { storeBroker } from '../testing/scripted-store.js'
import { type Stores, sweeping } from './sweeping.js'

/** Sweeps stores until the test has finished. */
function swept(stores: () => Stores): { readonly clock: FakeClock; pass(seconds: number): Promise<void> } {
  const clock = fakeClock()
  const failed = (error: Error): never => {
    throw error
  }
  onTestFinished(sweeping({ clock, stores, failed }))
  return {
    clock,
    async pass(seconds) {
      for (let i = 0; i < seconds; i++) {
        clock.advance(1000)
        await settled()
      }
    },
  }
}

it('a store is swept each second, and again when its broker has it back', async () => {
  let sweeps = 0
  const values = { ...storeBroker().store, sweep: async () => void sweeps++ }
  let present: Stores = { values }
  const { pass } = swept(() => present)
  await pass(3)
  expect(sweeps).toBe(3)
  present = {}
  await pass(3)
  expect(sweeps).toBe(3)
  present = { values }
  await pass(3)
  expect(sweeps).toBeGreaterThanOrEqual(5)
})

it('a store that needs no sweeps costs no timer', () => {
  const { store } = storeBroker()
  expect(swept(() => ({ values: store })).clock.timers).toBe(0)
})
