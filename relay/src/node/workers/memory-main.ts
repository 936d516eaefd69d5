// A process of the primary: holds the memory brokers that all relays share.
import { memory } from '../../brokers/memory.js'
import { type ServedMemory, serveMemory } from '../../brokers/memory-link/serve-memory.js'
import type { StoreSettings } from '../../brokers/settings.js'
import { realClock } from '../../core/clock.js'
import type { HistoryRule } from '../../core/history-rules.js'
import { sweeping } from '../../core/sweeping.js'
import { configuredStore, type OnStored } from '../configured-store.js'
import { openLog } from '../log.js'
import { newId } from '../new-id.js'
import { runChild } from './run-child.js'

/** A memory broker that all relays share. */
export interface SharedBroker {
  readonly name: string
  /** Its Unix socket. */
  readonly socket: string
  readonly store?: StoreSettings | undefined
  readonly history?: readonly HistoryRule[] | undefined
}

export interface MemoryTask {
  readonly folder: string
  readonly brokers: readonly SharedBroker[]
}

const { stored, onError } = openLog(realClock)

async function share({ name, socket, store, history: rules }: SharedBroker): Promise<ServedMemory> {
  // This process outlives the relays: the wills of one that crashes wait for the end of its lease.
  const onStored: OnStored = (file, contents) => stored(name, file, contents)
  const opened = configuredStore(store, { leases: true, onStored, rules })
  const broker = await memory({ clock: realClock, newId, store: opened })({
    // The relays connect to the next process, and report the gap.
    status: (now) => now === 'down' && process.exit(1),
    dropped: () => {},
  })
  const served = await serveMemory(socket, broker)
  const stopSweeping = sweeping({
    clock: realClock,
    stores: () => broker,
    failed: (error) => onError(error, { stage: 'sweep', broker: name }),
  })
  return {
    async close() {
      stopSweeping()
      await served.close()
      await broker.close()
    },
  }
}

runChild<MemoryTask>(async ({ brokers }) => {
  const shared = await Promise.all(brokers.map(share))
  return {
    async close() {
      await Promise.all(shared.map((one) => one.close()))
    },
  }
})
