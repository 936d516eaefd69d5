import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket, connect as tcp } from 'node:net'
import { pipeline } from 'node:stream'

/** A TCP load balancer for several ports of 127.0.0.1. */
export interface Balancer {
  readonly port: number
  close(): Promise<void>
}

/** Connects each client to the next port that accepts, or ends the connection if none does. */
export async function openBalancer(ports: readonly number[]): Promise<Balancer> {
  let turn = 0
  const open = new Set<Socket>()

  async function bring(near: Socket): Promise<void> {
    const start = turn++
    for (const [i] of ports.entries()) {
      const far = tcp({ port: ports[(start + i) % ports.length] as number, host: '127.0.0.1' })
      if (await connected(far)) {
        for (const socket of [near, far]) open.add(socket.once('close', () => open.delete(socket)))
        pipeline(near, far, near, () => {})
        return
      }
    }
    near.destroy()
  }

  const server = createServer((near) => {
    near.on('error', () => {}) // ends the other side by the pipeline
    void bring(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy()
      await once(server.close(), 'close')
    },
  }
}

function connected(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
  })
}
