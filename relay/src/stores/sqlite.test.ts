import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { memory } from '../brokers/memory.js'
import type { Broker } from '../core/broker.js'
import { newId } from '../node/new-id.js'
import { type FakeClock, fakeClock } from '../testing/fake-clock.js'
import type { LimitsInTest } from '../testing/store-under-test.js'
import { defaultStoreLimits } from './limits.js'
import { sqlite } from './sqlite.js'
import { storeContract } from './store.contract.js'

storeContract('sqlite', {
  leased: true,
  durable: true,
  async open(limits) {
    const file = await newFile()
    const clock = fakeClock()
    let broker: Broker | undefined
    onTestFinished(() => broker?.close())
    return {
      async relay() {
        broker ??= await brokerOn(file, clock, limits)
        return broker
      },
      async pass(ms) {
        clock.advance(ms)
      },
      async restart() {
        await broker?.close()
        broker = undefined
      },
    }
  },
})

async function newFile(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'wildcast-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return path.join(folder, 'wildcast.db')
}

function brokerOn(file: string, clock: FakeClock, limits: LimitsInTest = {}): Promise<Broker> {
  const store = sqlite({ file, clock, limits: { ...defaultStoreLimits, ...limits } })
  return memory({ clock, newId, store })({ status: () => {}, dropped: () => {} })
}
