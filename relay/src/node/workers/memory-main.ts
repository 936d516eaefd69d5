// A process of the primary: holds the memory brokers that all relays share.
import { memory } from '../../brokers/memory.js'
import { type ServedMemory, serveMemory } from '../../brokers/memory-link/serve-memory.js'
import { realClock } from '../../core/clock.js'
import { memoryStore } from '../../stores/memory/memory-store.js'
import { newId } from '../new-id.js'
import { runChild } from './run-child.js'

export interface MemoryTask {
  readonly folder: string
  /** A Unix socket for each broker. */
  readonly sockets: readonly string[]
}

async function share(socket: string): Promise<ServedMemory> {
  // This process outlives the relays: the wills of one that crashes are written when its lease ends.
  const store = memoryStore({ clock: realClock, leases: true })
  return serveMemory(socket, await memory({ clock: realClock, newId, store })({ status: () => {}, dropped: () => {} }))
}

runChild<MemoryTask>(async ({ sockets }) => {
  const shared = await Promise.all(sockets.map(share))
  return {
    async close() {
      await Promise.all(shared.map((one) => one.close()))
    },
  }
})
