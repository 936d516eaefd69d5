import { rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import type { Broker } from '../../core/broker.js'
import { lastBody } from './last-body.js'
import { Visitor } from './visitor.js'

export interface ServedMemory {
  /** Hangs up on everybody, and takes the socket away. */
  close(): Promise<void>
}

/**
 * Lets relays share a broker over a Unix socket. What a process before has left at the path is
 * taken away.
 */
export async function serveMemory(path: string, broker: Broker): Promise<ServedMemory> {
  const sockets = new Set<Socket>()
  const bodies = lastBody()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    new Visitor(socket, { broker, bodies })
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
