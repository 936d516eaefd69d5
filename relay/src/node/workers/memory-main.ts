// A process of the primary: holds the memory brokers that all relays share.
import { memory } from '../../brokers/memory.js'
import { type ServedMemory, serveMemory } from '../../brokers/memory-link/serve-memory.js'
import type { StoreSettings } from '../../brokers/settings.js'
import type { Broker } from '../../core/broker.js'
import { realClock } from '../../core/clock.js'
import { configuredStore } from '../configured-store.js'
import { openLog } from '../log.js'
import { newId } from '../new-id.js'
import { runChild } from './run-child.js'

/** A memory broker that all relays share. */
export interface SharedBroker {
  readonly name: string
  /** Its Unix socket. */
  readonly socket: string
  readonly store?: StoreSettings | undefined
}

export interface MemoryTask {
  readonly folder: string
  readonly brokers: readonly SharedBroker[]
}

const { stored } = openLog(realClock)

async function share({ name, socket, store }: SharedBroker): Promise<ServedMemory & { readonly broker: Broker }> {
  // This process outlives the relays: the wills of one that crashes wait for the end of its lease.
  const opened = configuredStore(store, { leases: true, onStored: (file, contents) => stored(name, file, contents) })
  const broker = await memory({ clock: realClock, newId, store: opened })({
    // The relays connect to the next process, and report the gap.
    status: (now) => now === 'down' && process.exit(1),
    dropped: () => {},
  })
  return { ...(await serveMemory(socket, broker)), broker }
}

runChild<MemoryTask>(async ({ brokers }) => {
  const shared = await Promise.all(brokers.map(share))
  return {
    async close() {
      await Promise.all(shared.map((one) => one.close().then(() => one.broker.close())))
    },
  }
})
