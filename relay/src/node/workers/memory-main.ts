// A process of the primary: holds the memory brokers that all relays share.
import { memory } from '../../brokers/memory.js'
import { type ServedMemory, serveMemory } from '../../brokers/memory-link/serve-memory.js'
import { realClock } from '../../core/clock.js'
import { newId } from '../new-id.js'
import { member } from './member.js'

export interface MemoryTask {
  readonly folder: string
  /** A Unix socket for each broker. */
  readonly sockets: readonly string[]
}

async function share(socket: string): Promise<ServedMemory> {
  return serveMemory(socket, await memory({ clock: realClock, newId })({ status: () => {}, dropped: () => {} }))
}

member<MemoryTask>(async ({ sockets }) => {
  const shared = await Promise.all(sockets.map(share))
  return {
    async close() {
      await Promise.all(shared.map((one) => one.close()))
    },
  }
})
