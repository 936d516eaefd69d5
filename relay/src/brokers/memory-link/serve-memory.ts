import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import type { Broker } from '../../core/broker.js'
import { realClock } from '../../core/clock.js'
import { bodyCache } from './body-cache.js'
import { RelayConnection } from './relay-connection.js'

export interface ServedMemory {
  /** Closes all connections, and removes the socket. */
  close(): Promise<void>
}

/**
 * Serves a broker to relays over a Unix socket. Removes the socket that an earlier process left.
 */
export async function serveMemory(path: string, broker: Broker): Promise<ServedMemory> {
  const sockets = new Set<Socket>()
  const bodies = bodyCache()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    new RelayConnection(socket, { broker, bodies, clock: realClock })
  })
  await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path }, resolve)
  })
  return {
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
